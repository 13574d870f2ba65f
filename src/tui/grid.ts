// Holds one frame as characters and looks, cell by cell, before it goes to the terminal.
import { PLAIN, unpackLook } from "./attr.ts";
import type { ScreenCell, ScreenGrid } from "./screen-svg.ts";
import { characterWidth } from "./text.ts";

/** A line of the screen as blessed keeps it: `[look, character]` per cell, and whether to redraw. */
export type BlessedLine = Array<[number, string]> & { dirty: boolean };

/**
 * One frame. A wide character stands in its first cell, with a blank behind it.
 *
 * Painting here and copying the difference keeps an unchanged frame at zero bytes, and a widget
 * that paints outside of its place cannot leave anything behind: every frame starts blank.
 */
export class Grid implements ScreenGrid {
  readonly cols: number;
  readonly rows: number;
  readonly #chars: string[];
  readonly #attrs: Int32Array;

  constructor(cols: number, rows: number) {
    this.cols = cols;
    this.rows = rows;
    this.#chars = new Array<string>(cols * rows).fill(" ");
    this.#attrs = new Int32Array(cols * rows).fill(PLAIN);
  }

  /** Make every cell blank. */
  clear(): void {
    this.#chars.fill(" ");
    this.#attrs.fill(PLAIN);
  }

  /** Put one character of known width; halves of wide characters that it breaks become blank. */
  set(x: number, y: number, ch: string, attr: number, width = 1): void {
    if (x < 0 || y < 0 || y >= this.rows || x + width > this.cols) return;
    const at = y * this.cols + x;
    if (x > 0 && this.#isWide(at - 1)) this.#chars[at - 1] = " ";
    if (width === 2) {
      this.#chars[at + 1] = " ";
      this.#attrs[at + 1] = attr;
    }
    this.#chars[at] = ch;
    this.#attrs[at] = attr;
  }

  /** Change the look of a cell and leave its character. */
  tint(x: number, y: number, attr: number): void {
    if (x >= 0 && y >= 0 && x < this.cols && y < this.rows) this.#attrs[y * this.cols + x] = attr;
  }

  #isWide(at: number): boolean {
    const ch = this.#chars[at] ?? " ";
    return ch > "~" && characterWidth(ch) === 2;
  }

  /** Read one cell, as a picture or a test wants it. */
  cell(x: number, y: number): ScreenCell {
    const at = y * this.cols + x;
    const behindWide = x > 0 && this.#isWide(at - 1);
    const width = behindWide ? 0 : this.#isWide(at) ? 2 : 1;
    return { ch: this.#chars[at] ?? " ", width, ...unpackLook(this.#attrs[at] ?? PLAIN) };
  }

  /** The frame as text, one line a row, without the blanks at the ends. */
  text(): string {
    const lines: string[] = [];
    for (let y = 0; y < this.rows; y++) {
      let line = "";
      for (let x = 0; x < this.cols; x++) {
        const at = y * this.cols + x;
        if (x === 0 || !this.#isWide(at - 1)) line += this.#chars[at];
      }
      lines.push(line.trimEnd());
    }
    return lines.join("\n");
  }

  /** Copy what differs into blessed's lines and mark those dirty. */
  copyTo(lines: readonly BlessedLine[]): void {
    for (let y = 0; y < this.rows; y++) {
      const line = lines[y];
      if (!line) return;
      for (let x = 0; x < this.cols; x++) {
        const cell = line[x];
        const ch = this.#chars[y * this.cols + x] ?? " ";
        const attr = this.#attrs[y * this.cols + x] ?? PLAIN;
        if (!cell || (cell[0] === attr && cell[1] === ch)) continue;
        cell[0] = attr;
        cell[1] = ch;
        line.dirty = true;
      }
    }
  }
}
