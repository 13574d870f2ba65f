// A small dashboard over made-up data, to look at every widget on one screen.

import type { TcpState } from "../../src/event/tcp-state.ts";
import { formatEndpoint } from "../../src/event/tuple.ts";
import { paintBox } from "../../src/tui/box.ts";
import { sizeClass } from "../../src/tui/breakpoints.ts";
import type { Chart, ChartSeries } from "../../src/tui/chart.ts";
import { formatDuration, formatShortCount } from "../../src/tui/format.ts";
import { type LayoutNode, layOut } from "../../src/tui/layout.ts";
import { paintTooSmall } from "../../src/tui/overlay.ts";
import type { Painter } from "../../src/tui/painter.ts";
import { barPieces, sparkline } from "../../src/tui/spark.ts";
import { keyHint, paintStatusLine } from "../../src/tui/status-line.ts";
import { paintTable, type TableColumn, visibleRows } from "../../src/tui/table.ts";
import { settleCursor, type TableCursor } from "../../src/tui/table-cursor.ts";

/** What the demo draws. */
export interface DemoState {
  readonly rows: number;
  readonly cursor: TableCursor;
  readonly area: Chart;
  readonly lines: Chart;
}

const STATES: readonly TcpState[] = [
  "CLOSE_WAIT",
  "FIN_WAIT1",
  "FIN_WAIT2",
  "TIME_WAIT",
  "LAST_ACK",
  "CLOSING",
  "ESTABLISHED",
];
const NAMES = ["nginx", "redis-server", "{red-fg}evil{/}", "数据库服务", "a\x1b[2Jb", "postgres"];

const wave = (i: number, height: number, length: number, seed: number) =>
  Math.max(0, height * (1 + Math.sin(i / length)) + ((i * seed) % 7) - 3);

const series = (count: number): ChartSeries[] => {
  const values = (height: number, length: number, seed: number) =>
    Array.from({ length: count }, (_, i) => Math.round(wave(i, height, length, seed)));
  return [
    { name: "timed-out", paint: "series-3", values: values(6, 19, 1299709) },
    { name: "reset", paint: "series-4", values: values(30, 5, 104729) },
    { name: "graceful", paint: "series-1", values: values(120, 11, 7919) },
  ];
};

const COLUMNS: readonly TableColumn[] = [
  { id: "state", title: "STATE", width: 13 },
  { id: "age", title: "AGE", width: 6, align: "right" },
  { id: "local", title: "LOCAL", width: 14, grow: 1, optional: 2 },
  { id: "remote", title: "REMOTE", width: 18, grow: 1 },
  { id: "owner", title: "OWNER", width: 12, grow: 1 },
  { id: "sent", title: "SENT", width: 5, align: "right", optional: 1 },
];

/** The keys of the demo's rows. */
export const demoKeys = (rows: number) => Array.from({ length: rows }, (_, i) => `e${i}`);

const layouts: Record<"narrow" | "wide", LayoutNode> = {
  narrow: {
    split: "rows",
    parts: [
      {
        split: "columns",
        size: 9,
        parts: [
          { name: "area", weight: 1 },
          { name: "lines", weight: 1 },
        ],
      },
      { name: "table", weight: 1 },
      { name: "status", size: 1 },
    ],
  },
  wide: {
    split: "rows",
    parts: [
      {
        split: "columns",
        weight: 1,
        max: 20,
        parts: [
          { name: "area", weight: 3 },
          { name: "lines", weight: 3 },
          { name: "counts", size: 40 },
        ],
      },
      { name: "table", weight: 2 },
      { name: "status", size: 1 },
    ],
  },
};

/** Paint the whole demo. */
export function paintDemo(painter: Painter, state: DemoState): void {
  const size = sizeClass(painter.width, painter.height);
  if (size === "too-small") {
    paintTooSmall(painter, painter.width, painter.height);
    return;
  }
  const layout = layouts[size === "large" || size === "wide" ? "wide" : "narrow"];
  const places = layOut(painter.width, painter.height, layout);
  const at = (name: string) => {
    const rect = places.get(name);
    return rect ? painter.within(rect) : null;
  };
  const area = at("area");
  if (area) {
    const inside = paintBox(area, { title: "teardowns/s" });
    state.area.paint(inside, { kind: "area", series: series(200), sampleMs: 1000 });
  }
  const lines = at("lines");
  if (lines) {
    const inside = paintBox(lines, {
      title: "teardown time",
      note: [{ text: "p90", paint: "muted" }],
    });
    const data = series(200).slice(1);
    const format = (ms: number) => formatDuration(ms);
    state.lines.paint(inside, { kind: "lines", series: data, sampleMs: 1000, format });
  }
  const counts = at("counts");
  if (counts) paintCounts(paintBox(counts, { title: "states" }));
  const table = at("table");
  if (table) paintDemoTable(table, state);
  const status = at("status");
  if (status) {
    paintStatusLine(status, {
      left: [
        { spans: [{ text: "LIVE", paint: "ok" }] },
        keyHint("?", "help"),
        keyHint("q", "quit"),
      ],
      right: [
        { spans: [{ text: "4 fps", paint: "muted" }], optional: 1 },
        { spans: [{ text: "1,234 events", paint: "text" }], optional: 2 },
        { spans: [{ text: "balanced", paint: "ok" }] },
      ],
    });
  }
}

function paintCounts(painter: Painter): void {
  STATES.forEach((name, y) => {
    const count = 4000 / (y * y + 1);
    const bar = barPieces(count / 4000, 8, painter.theme.glyphs);
    const trend = sparkline(
      [1, 3, 2, 8, 5, 0, 7].map((v) => v * (y + 1)),
      7,
      painter.theme.glyphs,
    );
    painter.spans(1, y, [
      { text: `${painter.theme.sign(name)} ${painter.fit(name, 12)}`, paint: name },
      { text: painter.fit(formatShortCount(count), 6, "right"), paint: "title" },
      { text: ` ${bar.full}`, paint: name },
      { text: bar.rest, paint: "border" },
      { text: ` ${trend}`, paint: "muted" },
    ]);
  });
}

function paintDemoTable(painter: Painter, state: DemoState): void {
  const note = [{ text: `${formatShortCount(state.rows)} shown`, paint: "muted" as const }];
  const inside = paintBox(painter, { title: "endpoints", note, focused: true });
  const cursor = settleCursor(state.cursor, demoKeys(state.rows), visibleRows(inside.height));
  paintTable(inside, {
    columns: COLUMNS,
    count: state.rows,
    cursor,
    focused: true,
    sort: { column: "age", descending: true },
    empty: "no connection is closing",
    row(index) {
      const name = STATES[index % STATES.length] ?? "CLOSE";
      return {
        key: `e${index}`,
        cells: [
          { text: `${painter.theme.sign(name)} ${name}`, paint: name },
          formatDuration(4_000_000 / (index + 1)),
          formatEndpoint("10.0.0.7", 4000 + index),
          formatEndpoint(index % 3 === 0 ? "2001:db8::1f" : "192.0.2.17", 443),
          NAMES[index % NAMES.length] ?? "",
          formatShortCount(index * 991),
        ],
      };
    },
  });
}
