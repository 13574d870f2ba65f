/** Joins many small texts into fewer large ones, so that a writer makes few system calls. */

/** A pipe's capacity on Linux; larger pieces would only wait longer. */
const PIECE_LENGTH = 65_536;

/** Join neighbouring texts into pieces of about 64 KiB. Holds one piece at a time. */
export function* inPieces(texts: Iterable<string>): Generator<string> {
  let piece = "";
  for (const text of texts) {
    piece += text;
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

/** End each line with a line feed. */
export function* asLines(lines: Iterable<string>, end = "\n"): Generator<string> {
  for (const line of lines) yield line + end;
}

/** Elements of a JSON array, a comma between them, each on a line of its own. */
export function* commaSeparated(elements: Iterable<string>): Generator<string> {
  let isFirst = true;
  for (const element of elements) {
    yield isFirst ? `\n${element}` : `,\n${element}`;
    isFirst = false;
  }
  if (!isFirst) yield "\n";
}
