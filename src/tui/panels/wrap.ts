// Breaks lines of differently looking pieces where they do not fit.
import type { Span } from "../painter.ts";
import { cellText, cutText, textWidth } from "../text.ts";

/** One line on the screen. */
export type Line = readonly Span[];

/** Behind a blank, but never between a number and its unit. */
const BREAK = /(?<= )(?!(?<=\d )(?:ms|s|µs|min|h|%|kB|MB)\b)/;

/**
 * Break pieces between words so that no line is wider than `width`; lines after the first begin
 * with `indent` blanks. A word that is wider than a line is cut.
 */
export function wrapLine(pieces: Line, width: number, unicode: boolean, indent = 2): Line[] {
  const lines: Span[][] = [[]];
  let used = 0;
  const room = Math.max(8, width);
  const newLine = () => {
    lines.push([{ text: " ".repeat(indent) }]);
    used = indent;
  };
  for (const { text, paint } of pieces) {
    for (const word of cellText(text, unicode).split(BREAK)) {
      const bare = textWidth(word.trimEnd());
      if (used > indent && used + bare > room) newLine();
      const whole = used + textWidth(word) > room ? word.trimEnd() : word;
      const fitting = bare > room - used ? cutText(whole, room - used, unicode) : whole;
      append(lines.at(-1) as Span[], fitting, paint);
      used += textWidth(fitting);
    }
  }
  return lines;
}

function append(line: Span[], text: string, paint: Span["paint"]): void {
  const last = line.at(-1);
  if (last !== undefined && last.paint === paint) {
    line[line.length - 1] = { ...last, text: last.text + text };
  } else line.push(paint === undefined ? { text } : { text, paint });
}

/** Pieces padded or cut to exactly `width` columns. */
export function fitLine(pieces: Line, width: number, unicode: boolean): Span[] {
  const line: Span[] = [];
  let used = 0;
  for (const piece of pieces) {
    const text = cutText(cellText(piece.text, unicode), width - used, unicode);
    line.push({ ...piece, text });
    used += textWidth(text);
  }
  line.push({ text: " ".repeat(Math.max(0, width - used)) });
  return line;
}
