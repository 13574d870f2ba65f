/** Text in columns: display width, padding, wrapping. */

const PRINTABLE_ASCII = /^[ -~]*$/;
const COMBINING = /^\p{M}$/u;
const WIDE =
  /^(?:\p{Emoji_Presentation}|[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Yi}\p{Script=Tangut}\p{Script=Nushu}]|[\u3000-\u303e\u3099-\u30ff\u31c0-\u33ff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6])$/u;

/** Columns that a text takes in a terminal; it must be safe text. */
export function columnsOf(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let columns = 0;
  for (const ch of text) columns += COMBINING.test(ch) ? 0 : WIDE.test(ch) ? 2 : 1;
  return columns;
}

/** Cut a text to a number of columns, `…` marking the cut. */
export function cutTo(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  return `${head(text, columns - 1)}…`;
}

/** Fill or cut a text to exactly so many columns. */
export function fitLeft(text: string, columns: number): string {
  const cut = cutTo(text, columns);
  return cut + " ".repeat(Math.max(0, columns - columnsOf(cut)));
}

/** The same with the text at the right edge, for numbers. */
export function fitRight(text: string, columns: number): string {
  const cut = cutTo(text, columns);
  return " ".repeat(Math.max(0, columns - columnsOf(cut))) + cut;
}

/** A space before a unit joins a number to it. */
const BREAK = / (?!(?:ms|s|min|h)\b)/;

/**
 * Break a text at its spaces into lines, but for those inside of a duration; a word longer than a
 * line is broken anywhere.
 */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (let word of text.split(BREAK)) {
    const joined = line === "" ? word : `${line} ${word}`;
    if (columnsOf(joined) <= columns) {
      line = joined;
      continue;
    }
    if (line !== "") lines.push(line);
    while (columnsOf(word) > columns) {
      const part = head(word, columns);
      lines.push(part);
      word = word.slice(part.length);
    }
    line = word;
  }
  return [...lines, line];
}

function head(text: string, columns: number): string {
  let cut = "";
  let used = 0;
  for (const ch of text) {
    used += columnsOf(ch);
    if (used > columns) break;
    cut += ch;
  }
  return cut;
}
