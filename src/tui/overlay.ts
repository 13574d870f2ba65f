// Draws what lies over the panels: the help, a message, and the notice of a terminal too small.
import { paintBox } from "./box.ts";
import type { HelpGroup } from "./key-dispatch.ts";
import { centered } from "./layout.ts";
import type { Painter, Span } from "./painter.ts";

/** A line of an overlay. */
export type OverlayLine = readonly Span[];

/** What an overlay shows. */
export interface OverlayData {
  readonly title: string;
  readonly lines: readonly OverlayLine[];
  /** The first line shown, when there are more than fit. */
  readonly scroll?: number;
  readonly foot?: string;
}

const widthOf = (painter: Painter, line: OverlayLine) =>
  line.reduce((sum, span) => sum + painter.measure(span.text), 0);

/** The most that an overlay can be scrolled on a screen of this height. */
export function overlayScrollLimit(data: OverlayData, rows: number): number {
  return Math.max(0, data.lines.length - Math.max(0, rows - 4));
}

/** Paint an overlay in the middle, as large as its lines, over whatever is below. */
export function paintOverlay(painter: Painter, data: OverlayData): void {
  const widest = Math.max(...data.lines.map((line) => widthOf(painter, line)), 20);
  const { width, height } = painter;
  const outer = { x: 1, y: 1, width: width - 2, height: height - 2 };
  const rect = centered(outer, widest + 4, data.lines.length + 2);
  const area = painter.within(rect);
  area.fill({ x: 0, y: 0, width: area.width, height: area.height });
  const room = Math.max(0, area.height - 2);
  const scroll = Math.max(0, Math.min(data.scroll ?? 0, data.lines.length - room));
  const more = data.lines.length - scroll - room;
  const foot: Span[] = [];
  if (more > 0) foot.push({ text: `${more} more below`, paint: "accent" });
  else if (data.foot) foot.push({ text: data.foot, paint: "muted" });
  const inside = paintBox(area, { title: data.title, focused: true, foot });
  data.lines.slice(scroll, scroll + room).forEach((line, y) => {
    inside.spans(1, y, line, inside.width - 2);
  });
}

function helpColumn(groups: readonly HelpGroup[]): OverlayLine[] {
  const lines: OverlayLine[] = [];
  const all = groups.flatMap((group) => group.lines);
  const width = Math.max(0, ...all.map((line) => line.keys.length));
  for (const group of groups) {
    if (lines.length > 0) lines.push([]);
    lines.push([{ text: group.title, paint: "title" }]);
    for (const line of group.lines) {
      const keys: Span = { text: ` ${line.keys.padEnd(width)}  `, paint: "accent" };
      lines.push([keys, { text: line.text }]);
    }
  }
  return lines;
}

function beside(left: readonly OverlayLine[], right: readonly OverlayLine[]): OverlayLine[] {
  const length = (line: OverlayLine) => line.reduce((sum, span) => sum + span.text.length, 0);
  const width = Math.max(0, ...left.map(length));
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => {
    const line = left[index] ?? [];
    const gap = { text: " ".repeat(width - length(line) + 3) };
    return [...line, gap, ...(right[index] ?? [])];
  });
}

const helpHeight = (groups: readonly HelpGroup[]) =>
  groups.reduce((sum, group) => sum + group.lines.length + 2, -1);

/** The groups in two columns whose heights differ least, without breaking a group. */
function inTwoColumns(groups: readonly HelpGroup[]): OverlayLine[] {
  const height = (count: number) =>
    Math.max(helpHeight(groups.slice(0, count)), helpHeight(groups.slice(count)));
  const counts = groups.map((_, index) => index);
  const best = counts.reduce((a, b) => (height(b) < height(a) ? b : a), groups.length);
  return beside(helpColumn(groups.slice(0, best)), helpColumn(groups.slice(best)));
}

/**
 * The help from the groups of the key table: in two columns where the screen is wide enough, else
 * in one that scrolls.
 */
export function helpOverlay(groups: readonly HelpGroup[], cols: number, scroll = 0): OverlayData {
  const wide = inTwoColumns(groups);
  const needed = Math.max(0, ...wide.map((line) => line.reduce((n, s) => n + s.text.length, 0)));
  const lines = needed + 6 <= cols ? wide : helpColumn(groups);
  return { title: "Keys", lines, scroll, foot: "q or Esc closes" };
}

/** A message of plain lines: an error with its next step, a question. */
export function messageOverlay(title: string, text: readonly string[]): OverlayData {
  return { title, lines: text.map((line) => [{ text: line }]), foot: "q or Esc closes" };
}

/** Paint the notice that takes the whole screen where nothing else would be legible. */
export function paintTooSmall(painter: Painter, cols: number, rows: number): void {
  const lines = [
    { text: "terminal too small", paint: "warn" as const },
    { text: `${cols}x${rows}, needs 60x16`, paint: "text" as const },
    { text: "q quits", paint: "muted" as const },
  ];
  const from = Math.max(0, Math.floor((painter.height - lines.length) / 2));
  lines.forEach((line, index) => {
    painter.text(0, from + index, painter.fit(line.text, painter.width, "center"), line.paint);
  });
}
