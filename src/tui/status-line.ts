// Draws the line at the bottom: what the program is doing on the left, how it is doing on the right.
import type { Painter, Span } from "./painter.ts";

/** A piece of the status line that goes or stays as a whole. */
export interface StatusItem {
  readonly spans: readonly Span[];
  /** Lower goes first when there is no room; 0 (never goes) when absent. */
  readonly optional?: number;
}

/** The pieces of a status line. */
export interface StatusData {
  readonly left: readonly StatusItem[];
  readonly right: readonly StatusItem[];
}

const widthOf = (painter: Painter, item: StatusItem) =>
  item.spans.reduce((sum, span) => sum + painter.measure(span.text), 0);

/** Keys with what they do, as a status item: `? help`. */
export function keyHint(key: string, text: string, optional?: number): StatusItem {
  const spans: Span[] = [
    { text: key, paint: "accent" },
    { text: ` ${text}`, paint: "muted" },
  ];
  return optional === undefined ? { spans } : { spans, optional };
}

/** What a piece that is cut keeps at least. */
const LEAST_WIDTH = 8;

/**
 * Paint the pieces into the first line, those on the right ending at its end.
 *
 * Where there is no room even for what never goes, the longest on the left, which somebody typed,
 * is cut: how complete the trace is must be read whole.
 */
export function paintStatusLine(painter: Painter, data: StatusData): void {
  const kept = new Set([...data.left, ...data.right]);
  const total = () => {
    const widths = [...kept].map((item) => widthOf(painter, item));
    return widths.reduce((sum, width) => sum + width + 2, 0);
  };
  const optional = [...kept].filter((item) => item.optional);
  optional.sort((a, b) => (a.optional ?? 0) - (b.optional ?? 0));
  for (const item of optional) {
    if (total() <= painter.width) break;
    kept.delete(item);
  }
  const left = data.left.filter((item) => kept.has(item));
  const widths = left.map((item) => widthOf(painter, item));
  const longest = widths.indexOf(Math.max(...widths));
  const overflow = Math.max(0, total() - painter.width);
  let x = 1;
  left.forEach((item, index) => {
    const width = widths[index] ?? 0;
    const room = index === longest ? Math.max(LEAST_WIDTH, width - overflow) : width;
    x += painter.spans(x, 0, item.spans, room) + 2;
  });
  const right = data.right.filter((item) => kept.has(item));
  const width = right.reduce((sum, item) => sum + widthOf(painter, item) + 2, -2);
  let from = Math.max(x, painter.width - 1 - width);
  for (const item of right) from += painter.spans(from, 0, item.spans) + 2;
}
