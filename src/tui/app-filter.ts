// The filter over the lists: terms that the user types, and what they let through.
import { type FilterRow, makeTerm, type Term } from "./filter-term.ts";

export type { FilterRow } from "./filter-term.ts";

/** What the lists are narrowed to. */
export interface Filter {
  /** As it was typed. */
  readonly text: string;
  /** Shows what the terms do not match. */
  readonly isInverted: boolean;
  passes(row: FilterRow): boolean;
}

/** A word with the quoted parts in it: `comm:"my app"`, `"two words"`. */
const WORD = /(?:[^\s"]|"[^"]*"?)+/g;

/**
 * Make a filter of what was typed: all of its terms must hold.
 *
 * A term is `field:value[,value]`, `field>number`, or a regular expression over what the row
 * shows; with `!` before it, it must not hold. The case of letters does not count, and blanks
 * part terms unless they stand in double quotes.
 *
 * @returns a text where it is none: what is wrong, and what would be right
 */
export function makeFilter(text: string, isInverted = false): Filter | string {
  const terms: Term[] = [];
  for (const word of text.match(WORD) ?? []) {
    const term = makeTerm(word);
    if (typeof term === "string") return term;
    terms.push(term);
  }
  const passes = (row: FilterRow) => terms.every((term) => term(row)) !== isInverted;
  return { text, isInverted, passes };
}

/** The filter as the screen states it: `/leak/`, `!/leak/`. */
export function filterText({ text, isInverted }: Filter): string {
  return `${isInverted ? "!" : ""}/${text}/`;
}
