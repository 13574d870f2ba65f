// Draws the time axis of a chart: one line with its labels set into it, and a mark at the moment that is shown.
import { formatDuration } from "./format.ts";
import type { Painter } from "./painter.ts";

/** What the columns of a time axis stand for. */
export interface TimeAxis {
  /** Time of one column, milliseconds. */
  readonly sampleMs: number;
  /** The moment that is shown; `now` when absent. */
  readonly end?: string;
  /** So many of the last columns are later than that; none when absent. */
  readonly ahead?: number;
}

/** From so many columns on the middle is labelled too. */
const LEAST_FOR_MIDDLE = 40;

/**
 * Paint the axis over the whole width of a painter.
 *
 * The moment's label never moves off the line: it stands before its mark, or behind it where there
 * is no room, and a label of either end is left out rather than touched by it.
 */
export function paintTimeAxis(painter: Painter, axis: TimeAxis): void {
  const { width, theme } = painter;
  const { ahead = 0, end = "now" } = axis;
  const span = (columns: number) => formatDuration(columns * axis.sampleMs).replace(".0s", "s");
  for (let x = 0; x < width; x++) painter.put(x, 0, theme.glyphs.horizontal, "border");
  const past = `-${span(width - ahead)}`;
  if (ahead === 0) {
    painter.text(0, 0, past, "muted");
    const middle = Math.round(width / 2);
    if (width >= LEAST_FOR_MIDDLE) painter.text(middle, 0, `-${span(width / 2)}`, "muted");
    painter.textRight(width, 0, end, "muted");
    return;
  }
  const at = width - ahead - 1;
  const endWidth = painter.measure(end);
  const from = at >= endWidth ? at - endWidth : at + 1;
  painter.put(at, 0, theme.glyphs.up, "accent");
  painter.text(from, 0, end, "accent");
  if (past.length < Math.min(at, from)) painter.text(0, 0, past, "muted");
  const future = `+${span(ahead)}`;
  if (future.length < width - Math.max(at + 1, from + endWidth)) {
    painter.textRight(width, 0, future, "muted");
  }
}
