// Gives every key one name, whatever blessed calls it.

/** A key as blessed reports it. */
export interface BlessedKey {
  readonly name?: string;
  readonly full?: string;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
  readonly shift?: boolean;
  readonly sequence?: string;
}

/** A key: its name, and what it types, null for a key that types nothing. */
export interface NamedKey {
  readonly key: string;
  readonly character: string | null;
}

/**
 * Name a key, or null for an event that is not one.
 *
 * A letter, digit or mark is named by what it types (`q`, `G`, `?`, `{`), so G is `G` and not
 * `S-g`. Others are `enter`, `escape`, `space`, `tab`, `S-tab`, `backspace`, `up`, `pageup`,
 * `home`, `f1`, `C-c`, `M-x`. blessed reports one stroke of Enter as `enter` and as `return`; the
 * second is dropped, and a line feed (`^J`) is an `enter` too.
 */
export function keyName(ch: string | undefined, key: BlessedKey | undefined): NamedKey | null {
  const name = key?.name;
  if (name === "return" || name === "undefined") return null;
  if (name === "enter" || name === "linefeed") return { key: "enter", character: null };
  if (name === "escape") return { key: "escape", character: null };
  if (name === "space" && !key?.meta) return { key: "space", character: " " };
  const typed = ch !== undefined && ch.length > 0 && ch >= " " && ch !== "\x7f";
  if (typed && !key?.ctrl && !key?.meta) return { key: ch, character: ch };
  if (name === undefined) return null;
  const shift = key?.shift ? "S-" : "";
  return {
    key: `${key?.ctrl ? "C-" : ""}${key?.meta ? "M-" : ""}${shift}${name}`,
    character: null,
  };
}
