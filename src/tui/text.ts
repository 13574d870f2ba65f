// Measures, cuts and pads text by the columns that it takes on a terminal.
import unicode from "blessed/lib/unicode.js";
import stringWidth from "string-width";
import { escapeCodePoint, safeText } from "../event/safe-text.ts";

const PRINTABLE_ASCII = /^[ -~]*$/;
/** What a cell may hold: letters, numbers, punctuation, symbols, the plain space. No marks. */
const CELL_CATEGORIES = /^[\p{L}\p{N}\p{P}\p{S} ]$/u;
/** Pictographs: their width differs from terminal to terminal, and from one Unicode to the next. */
const PICTOGRAPH = /^\p{Emoji_Presentation}$/u;
const FIRST_PICTOGRAPH_BLOCK = 0x1f000;
const SYMBOL = /^\p{S}$/u;

const widths = new Map<number, number>();

function measure(ch: string, point: number): number {
  if (!CELL_CATEGORIES.test(ch) || PICTOGRAPH.test(ch)) return 0;
  if (point >= FIRST_PICTOGRAPH_BLOCK && SYMBOL.test(ch)) return 0;
  const width = stringWidth(ch);
  return width === unicode.charWidth(point) && width <= 2 ? width : 0;
}

/**
 * Columns of one character: 1, 2, or 0 where terminals do not agree on it.
 *
 * Combining marks, emoji and young scripts are 0. A character stands only where string-width and
 * blessed count the same, and the tests hold this against a real terminal's table for every code
 * point: one column of disagreement shifts the rest of the line.
 */
export function characterWidth(ch: string): number {
  const point = ch.codePointAt(0) ?? 0;
  if (point < 0x7f) return point < 0x20 ? 0 : 1;
  let width = widths.get(point);
  if (width === undefined) {
    width = measure(ch, point);
    widths.set(point, width);
  }
  return width;
}

/**
 * Rewrite any text, hostile or not, so that each code point is one cell of known width.
 *
 * On top of {@link safeText}, what {@link characterWidth} calls 0 becomes a visible escape, and so
 * does everything beyond ASCII where the terminal has no UTF-8. Applying it twice changes nothing.
 */
export function cellText(text: string, unicodeTerminal = true): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  let cells = "";
  for (const ch of safeText(text.normalize("NFC"))) {
    const kept = unicodeTerminal ? characterWidth(ch) > 0 : ch <= "~";
    cells += kept ? ch : escapeCodePoint(ch);
  }
  return cells;
}

/** Columns that a text takes once {@link cellText} has rewritten it. */
export function textWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let width = 0;
  for (const ch of cellText(text)) width += characterWidth(ch);
  return width;
}

/** How {@link fitText} fills a column. */
export interface FitOptions {
  readonly align?: "left" | "right" | "center";
  /** Whether the terminal shows UTF-8; without it the mark of a cut is `~`. */
  readonly unicode?: boolean;
}

/**
 * Cut a text to at most `width` columns, with `…` (or `~`) as its last column if something is lost.
 *
 * A wide character is never halved, so the result may be one column short.
 */
export function cutText(text: string, width: number, unicodeTerminal = true): string {
  const cells = cellText(text, unicodeTerminal);
  if (width <= 0) return "";
  if (PRINTABLE_ASCII.test(cells) && cells.length <= width) return cells;
  let used = 0;
  let kept = "";
  let room = "";
  for (const ch of cells) {
    used += characterWidth(ch);
    if (used > width) return room + (unicodeTerminal ? "…" : "~");
    kept += ch;
    if (used < width) room = kept;
  }
  return kept;
}

/** Cut a text to at most `width` columns at its beginning: of an address the port says most. */
export function cutStart(text: string, width: number, unicodeTerminal = true): string {
  const chars = [...cellText(text, unicodeTerminal)];
  if (width <= 0) return "";
  let used = chars.reduce((sum, ch) => sum + characterWidth(ch), 0);
  if (used <= width) return chars.join("");
  let from = 0;
  while (used > width - 1) used -= characterWidth(chars[from++] ?? " ");
  return (unicodeTerminal ? "…" : "~") + chars.slice(from).join("");
}

/** Cut or pad a text to exactly `width` columns. */
export function fitText(text: string, width: number, options: FitOptions = {}): string {
  const cut = cutText(text, width, options.unicode ?? true);
  const missing = Math.max(0, width - textWidth(cut));
  if (options.align === "right") return " ".repeat(missing) + cut;
  if (options.align !== "center") return cut + " ".repeat(missing);
  const before = Math.floor(missing / 2);
  return " ".repeat(before) + cut + " ".repeat(missing - before);
}
