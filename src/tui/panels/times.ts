// Shows how long teardowns take: percentiles of the newest ones, and how they spread.
import type { Endpoint } from "../../core/endpoint.ts";
import type { Nanoseconds } from "../../event/trace-event.ts";
import { formatCount, formatDuration, UNKNOWN } from "../format.ts";
import type { Painter, Span } from "../painter.ts";
import { MOST_RECENT, type Watched } from "../watched.ts";
import { isOlder } from "./endpoint-cells.ts";
import type { Panel } from "./panel.ts";

/** Durations of finished teardowns, milliseconds, the shortest first. */
export interface TimesData {
  readonly sortedMs: readonly number[];
}

/**
 * From the first FIN or RST until all four waves were done or the endpoint ended, null while it is
 * not, or where its beginning was not seen. TIME_WAIT is not counted: it is always 60 s.
 */
export function settledNs(endpoint: Endpoint): Nanoseconds | null {
  const { teardownAt, endedAt, phases } = endpoint;
  if (teardownAt === null || isOlder(endpoint)) return null;
  const end = phases.find(({ state }) => state === "TIME_WAIT")?.from ?? endedAt;
  return end === null ? null : Math.max(0, end - teardownAt);
}

function timesOf(watched: Watched): TimesData {
  const times: number[] = [];
  for (const endpoint of watched.recent(MOST_RECENT)) {
    const ns = settledNs(endpoint);
    if (ns !== null) times.push(ns / 1e6);
  }
  return { sortedMs: times.sort((a, b) => a - b) };
}

/** The nearest rank: a time that really was, never one between two. */
export function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

const SHARES: ReadonlyArray<readonly [string, number]> = [
  ["p50", 0.5],
  ["p90", 0.9],
  ["p99", 0.99],
  ["max", 1],
];

/** Percentiles and spread of the teardown times. */
export const timesPanel: Panel<TimesData> = {
  name: "times",
  title: "Teardown time",
  view: ({ watched }) => timesOf(watched),
  keys: () => [],
  note: ({ sortedMs }) => [
    {
      text: sortedMs.length === 0 ? "none yet" : `last ${formatCount(sortedMs.length)}`,
      paint: "muted",
    },
  ],
  draw(inside, { sortedMs }) {
    const isTall = inside.height >= SHARES.length + 4;
    const list = isTall ? 1 : LIST_WIDTH;
    if (isTall)
      paintRow(inside.within({ x: 1, y: 0, width: inside.width - 2, height: 2 }), sortedMs);
    else paintList(inside, sortedMs);
    const y = isTall ? 3 : 0;
    const rest = { x: list, y, width: inside.width - list - 1, height: inside.height - y };
    if (rest.width >= 20 && rest.height >= 3) paintSpread(inside.within(rest), sortedMs);
  },
};

/** The percentiles in one line, for screens without room for the panel. */
export function timesSpans(watched: Watched): Span[] {
  const { sortedMs } = timesOf(watched);
  return SHARES.flatMap(([name, share]): Span[] => [
    { text: ` ${name} `, paint: "muted" },
    { text: formatDuration(percentile(sortedMs, share)), paint: "title" },
  ]);
}

const LIST_WIDTH = 13;

function paintList(painter: Painter, sortedMs: readonly number[]): void {
  SHARES.forEach(([name, share], y) => {
    painter.text(1, y, name, "muted");
    painter.textRight(LIST_WIDTH - 1, y, formatDuration(percentile(sortedMs, share)), "title");
  });
}

/** Names above, times below, in columns that do not move. */
function paintRow(painter: Painter, sortedMs: readonly number[]): void {
  const width = Math.floor(painter.width / SHARES.length);
  SHARES.forEach(([name, share], i) => {
    painter.textRight((i + 1) * width, 0, name, "muted");
    const time = percentile(sortedMs, share);
    painter.textRight((i + 1) * width, 1, time === null ? UNKNOWN : formatDuration(time), "title");
  });
}

/** Shortest and longest time of the logarithmic scale, and where it is labelled, milliseconds. */
const SHORTEST_MS = 0.1;
const LONGEST_MS = 100_000;
const LABELS: ReadonlyArray<readonly [number, string]> = [
  [0.1, ".1ms"],
  [1, "1ms"],
  [10, "10ms"],
  [100, ".1s"],
  [1000, "1s"],
  [10_000, "10s"],
];

const placeOf = (ms: number, width: number) => {
  const part =
    Math.log(Math.max(ms, SHORTEST_MS) / SHORTEST_MS) / Math.log(LONGEST_MS / SHORTEST_MS);
  return Math.min(width - 1, Math.floor(part * width));
};

/** How many took how long, over a logarithmic scale: most are fast, the few slow ones matter. */
function paintSpread(painter: Painter, sortedMs: readonly number[]): void {
  const { width, height, theme } = painter;
  const { steps, horizontal } = theme.glyphs;
  const counts = new Array<number>(width).fill(0);
  for (const ms of sortedMs) counts[placeOf(ms, width)] = (counts[placeOf(ms, width)] ?? 0) + 1;
  const top = Math.max(1, ...counts);
  const rows = height - 2;
  const units = steps.length - 1;
  counts.forEach((count, x) => {
    const full = count === 0 ? 0 : Math.max(1, Math.round((count / top) * rows * units));
    for (let row = 0; row * units < full; row++) {
      const glyph = steps[Math.min(units, full - row * units)] ?? "";
      painter.put(x, rows - 1 - row, glyph, x >= placeOf(1000, width) ? "warn" : "ok");
    }
  });
  for (let x = 0; x < width; x++) painter.put(x, rows, horizontal, "border");
  let free = 0;
  for (const [ms, text] of LABELS) {
    const x = placeOf(ms, width);
    painter.put(x, rows, theme.glyphs.tick === "+" ? "+" : "┴", "border");
    if (x < free || x + text.length > width) continue;
    painter.text(x, rows + 1, text, "muted");
    free = x + text.length + 1;
  }
}
