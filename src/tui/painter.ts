// Paints text and marks into a rectangle of a frame; nothing that it is given can leave the rectangle.
import type { Grid } from "./grid.ts";
import type { Rect } from "./layout.ts";
import { cellText, characterWidth, cutText, type FitOptions, fitText, textWidth } from "./text.ts";
import type { Role, Theme } from "./theme.ts";

/** A role of the theme, or a look packed by `packLook` or `Theme.on`. */
export type Paint = Role | number;

/** A piece of a line with its own look. */
export interface Span {
  readonly text: string;
  readonly paint?: Paint;
}

/**
 * A brush over one rectangle, with coordinates that begin at its upper left corner.
 *
 * All text goes through {@link cellText}, so this is the boundary that no control character of a
 * process name crosses, and braces mean nothing: blessed's tags are never parsed.
 */
export class Painter {
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
  readonly #grid: Grid;
  readonly #left: number;
  readonly #top: number;

  constructor(grid: Grid, rect: Rect, theme: Theme) {
    this.theme = theme;
    this.#grid = grid;
    this.#left = rect.x;
    this.#top = rect.y;
    this.width = Math.max(0, rect.width);
    this.height = Math.max(0, rect.height);
  }

  /** Whether anything beyond ASCII may be painted. */
  get unicode(): boolean {
    return this.theme.glyphs.level !== "ascii";
  }

  /** A brush over a part of this rectangle, cut to it. */
  within(rect: Rect): Painter {
    const x = Math.max(0, rect.x);
    const y = Math.max(0, rect.y);
    const width = Math.min(rect.x + rect.width, this.width) - x;
    const height = Math.min(rect.y + rect.height, this.height) - y;
    const absolute = { x: this.#left + x, y: this.#top + y, width, height };
    return new Painter(this.#grid, absolute, this.theme);
  }

  /** The packed look of a role; a packed look is returned as it is. */
  look(paint: Paint): number {
    return typeof paint === "number" ? paint : this.theme.attr(paint);
  }

  /** Paint one line of text, cut where the rectangle or `width` ends; returns the columns used. */
  text(x: number, y: number, text: string, paint: Paint = "text", width = this.width - x): number {
    const room = Math.min(width, this.width - x);
    if (y < 0 || y >= this.height || room <= 0) return 0;
    const attr = this.look(paint);
    let column = x;
    for (const ch of cutText(text, room, this.unicode)) {
      const wide = characterWidth(ch);
      if (column >= 0) this.#grid.set(this.#left + column, this.#top + y, ch, attr, wide);
      column += wide;
    }
    return column - x;
  }

  /** Paint text that ends before column `right`; returns the column where it begins. */
  textRight(right: number, y: number, text: string, paint: Paint = "text"): number {
    const from = Math.max(0, right - this.measure(text));
    this.text(from, y, text, paint, right - from);
    return from;
  }

  /** Paint pieces one after another; returns the columns used. */
  spans(x: number, y: number, spans: readonly Span[], width = this.width - x): number {
    let column = x;
    for (const span of spans) {
      column += this.text(column, y, span.text, span.paint, x + width - column);
    }
    return column - x;
  }

  /** Paint one character one column wide; anything else becomes a `?`, for it may be foreign. */
  put(x: number, y: number, ch: string, paint: Paint = "text"): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const single = ch.length === 1 && characterWidth(ch) === 1;
    this.#grid.set(this.#left + x, this.#top + y, single ? ch : "?", this.look(paint));
  }

  /** Fill a part of the rectangle with one character. */
  fill(rect: Rect, ch = " ", paint: Paint = "text"): void {
    for (let y = rect.y; y < rect.y + rect.height; y++) {
      for (let x = rect.x; x < rect.x + rect.width; x++) this.put(x, y, ch, paint);
    }
  }

  /** Change the look of a line and leave its characters. */
  tint(x: number, y: number, width: number, paint: Paint): void {
    if (y < 0 || y >= this.height) return;
    const attr = this.look(paint);
    const end = Math.min(x + width, this.width);
    for (let column = Math.max(0, x); column < end; column++) {
      this.#grid.tint(this.#left + column, this.#top + y, attr);
    }
  }

  /** Columns that a text takes on this terminal. */
  measure(text: string): number {
    return textWidth(cellText(text, this.unicode));
  }

  /** Cut or pad a text to exactly `width` columns of this terminal. */
  fit(text: string, width: number, align: FitOptions["align"] = "left"): string {
    return fitText(text, width, { align: align ?? "left", unicode: this.unicode });
  }
}
