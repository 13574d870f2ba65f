/** Reads JSON without rounding the integers that a JavaScript number cannot hold. */

/** Where a number can begin; a false alarm in a string costs time only. */
const longNumber = /(?:^|[:,[])\s*-?\d{16}/;
const stringOrLongInteger = /"(?:[^"\\]|\\.)*"|(?<![\w.+-])-?\d{16,}(?![\w.])/g;

/**
 * Parse one JSON text; integers beyond ±(2^53 − 1) come as decimal strings.
 *
 * bpftrace up to 0.23 prints 64-bit map values as bare numbers, which `JSON.parse` rounds in
 * silence; newer ones print those as strings that a double cannot hold. Strings for all of them
 * give every version the newer form. Throws SyntaxError like `JSON.parse`.
 *
 * @param rounded what `JSON.parse` makes of the text, for whoever has it
 */
export function parseExactJson(text: string, rounded: unknown = JSON.parse(text)): unknown {
  if (!longNumber.test(text)) return rounded;
  return JSON.parse(
    text.replace(stringOrLongInteger, (token) =>
      token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"${token}"`,
    ),
  );
}
