// The filter over the lists: a regular expression, typed by the user, and what it lets through.

/** What the lists are narrowed to. */
export interface Filter {
  /** As it was typed. */
  readonly text: string;
  /** Shows what the expression does not match. */
  readonly isInverted: boolean;
  passes(text: string): boolean;
}

/**
 * Make a filter of what was typed; the case of letters does not count.
 *
 * @returns null where it is no regular expression
 */
export function makeFilter(text: string, isInverted = false): Filter | null {
  try {
    const pattern = new RegExp(text, "iu");
    return { text, isInverted, passes: (each) => pattern.test(each) !== isInverted };
  } catch {
    return null;
  }
}

/** The filter as the screen states it: `/leak/`, `!/leak/`. */
export function filterText({ text, isInverted }: Filter): string {
  return `${isInverted ? "!" : ""}/${text}/`;
}
