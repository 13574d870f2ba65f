/** JSON text that is exact for a program and harmless to a terminal that shows it. */

/** What `JSON.stringify` leaves raw although a terminal or an editor may act on it. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}]/gu;
const PRINTABLE_ASCII = /^[ -~]*$/;

/**
 * Write a value as JSON in one line, everything that is not plainly visible as `\uXXXX`.
 *
 * A parser gets every name back as it was, bytes and all; a person who runs `cat` on the file
 * gets no control, bidi or zero-width character. Throws on a value that holds itself.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return PRINTABLE_ASCII.test(text) ? text : text.replace(UNSAFE, escapeUnits);
}

function escapeUnits(ch: string): string {
  let escaped = "";
  for (let i = 0; i < ch.length; i++) {
    escaped += `\\u${ch.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}
