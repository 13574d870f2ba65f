/** Makes foreign text safe to show: the one place for screens, reports and error lines alike. */

/** Limits on what {@link safeText} returns. */
export interface SafeTextOptions {
  /** The most code points to return, the mark of a cut included. No limit when absent. */
  readonly max?: number;
}

/**
 * Everything that is not plainly visible: controls, formatting and bidi marks, line and paragraph
 * separators, lone surrogates, private use, unassigned, and what a display may leave out.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}]/u;
const PRINTABLE_ASCII = /^[ -~]*$/;
const NAMED: ReadonlyMap<string, string> = new Map([
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\r", "\\r"],
]);
const CUT_MARK = "…";

/**
 * Write one code point as visible ASCII: `\n`, `\x1b`, `\u{202e}`.
 *
 * The form of a JavaScript string literal, so that a reader can look it up or paste it.
 */
export function escapeCodePoint(ch: string): string {
  const named = NAMED.get(ch);
  if (named !== undefined) return named;
  const hex = (ch.codePointAt(0) ?? 0).toString(16);
  return hex.length <= 2 ? `\\x${hex.padStart(2, "0")}` : `\\u{${hex}}`;
}

/**
 * Replace every character of foreign text that is not plainly visible by a visible escape.
 *
 * Process names, paths and host names come from whoever runs a program on the host, and removing
 * bad sequences can build a new one out of the rest (`ESC[ESC[31m2J`), so nothing is removed and
 * the decision is by Unicode category, not by sequence. The result holds no control, bidi or
 * zero-width character and no line break; it may still hold wide and combining characters, and
 * the mark-up of whatever format it goes into, which is that format's own business. A backslash
 * stays as it is: systemd unit names are full of them.
 */
export function safeText(text: string, options: SafeTextOptions = {}): string {
  const max = options.max ?? Number.POSITIVE_INFINITY;
  if (text.length <= max && PRINTABLE_ASCII.test(text)) return text;
  let safe = "";
  let length = 0;
  let fallback = "";
  for (const ch of text) {
    const shown = UNSAFE.test(ch) ? escapeCodePoint(ch) : ch;
    const width = shown === ch ? 1 : shown.length;
    if (length + width > max) return max < 1 ? "" : fallback + CUT_MARK;
    safe += shown;
    length += width;
    if (length <= max - 1) fallback = safe;
  }
  return safe;
}
