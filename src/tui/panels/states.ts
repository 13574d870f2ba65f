// Shows how many endpoints are in each state, now and over the last minutes.
import type { TcpState } from "../../event/tcp-state.ts";
import { type Chart, plotColumns } from "../chart.ts";
import { formatShortCount } from "../format.ts";
import type { Painter, Span } from "../painter.ts";
import type { Panel, PanelLook } from "./panel.ts";
import { intoColumns, type SeriesAround, seriesAround, windowAround } from "./sampling.ts";

/** How many are in each state, and what the chart is made from. */
export interface StatesData {
  readonly counts: ReadonlyArray<{ readonly state: TcpState; readonly count: number }>;
  readonly around: SeriesAround;
}

/** As the list shows them: what waits for an application first. */
const LISTED: readonly TcpState[] = [
  "CLOSE_WAIT",
  "LAST_ACK",
  "FIN_WAIT1",
  "FIN_WAIT2",
  "CLOSING",
  "TIME_WAIT",
  "ESTABLISHED",
];
/** From the bottom of the chart: what is rare where it can be read best. ESTABLISHED is no teardown. */
const STACKED: readonly TcpState[] = [
  "CLOSING",
  "LAST_ACK",
  "FIN_WAIT1",
  "FIN_WAIT2",
  "CLOSE_WAIT",
  "TIME_WAIT",
];

const LIST_WIDTH = 21;
const LEAST_CHART = 24;

/** Endpoints per state: a list, and beside it a chart of the teardown states piled on each other. */
export function statesPanel(chart: Chart): Panel<StatesData> {
  return {
    name: "states",
    title: "Endpoints by state",
    view: ({ watched }) => ({
      counts: LISTED.map((state) => ({ state, count: watched.count(state) })),
      around: seriesAround(watched),
    }),
    keys: () => [],
    draw(inside, data, look) {
      paintCounts(inside.within({ x: 0, y: 0, width: LIST_WIDTH, height: inside.height }), data);
      const x = LIST_WIDTH + 1;
      const width = inside.width - x;
      if (width < LEAST_CHART) return;
      paintChart(chart, inside.within({ x, y: 0, width, height: inside.height }), data, look);
    },
  };
}

function paintCounts(painter: Painter, { counts }: StatesData): void {
  const shown = counts.slice(0, painter.height);
  shown.forEach(({ state, count }, y) => {
    const isNone = count === 0;
    const spans: Span[] = [
      { text: ` ${painter.theme.sign(state)} `, paint: isNone ? "muted" : state },
      { text: painter.fit(state, 12), paint: isNone ? "muted" : state },
      {
        text: painter.fit(formatShortCount(count), 6, "right"),
        paint: isNone ? "muted" : "title",
      },
    ];
    painter.spans(0, y, spans);
  });
}

function paintChart(
  chart: Chart,
  painter: Painter,
  { around }: StatesData,
  { scene }: PanelLook,
): void {
  const window = windowAround(plotColumns(painter.width), around);
  const columns = intoColumns(window.points, window, (points) => points.at(-1)?.states ?? {});
  chart.paint(painter, {
    kind: "area",
    legend: false,
    sampleMs: window.step * 1000,
    ahead: window.ahead,
    end: scene.clock(around.now),
    series: STACKED.map((state) => ({
      name: state,
      mark: painter.theme.sign(state),
      paint: state,
      values: columns.map((states) => states[state] ?? 0),
    })),
  });
}
