// Shows how many state changes, re-sends and resets there are in a second.
import { paintTimeAxis } from "../chart-time-axis.ts";
import { formatShortCount, UNKNOWN } from "../format.ts";
import type { Painter } from "../painter.ts";
import { sparkline } from "../spark.ts";
import type { Role } from "../theme.ts";
import type { Panel, Scene } from "./panel.ts";
import {
  type ChartWindow,
  intoColumns,
  type SeriesAround,
  seriesAround,
  windowAround,
} from "./sampling.ts";

type Rate = "transitions" | "retransmits" | "resets";

const RATES: ReadonlyArray<{ readonly rate: Rate; readonly name: string; readonly paint: Role }> = [
  { rate: "transitions", name: "transitions/s", paint: "accent" },
  { rate: "retransmits", name: "re-sends/s", paint: "warn" },
  { rate: "resets", name: "resets/s", paint: "critical" },
];

/** Rows of bars that are worth more than an axis below them. */
const LEAST_ROWS = 3;
/** The part of a line's sparkline that shows what came after the moment that is shown. */
const LINE_AHEAD = 1 / 4;
/** A sparkline of fewer columns shows what came before alone. */
const LEAST_LINE = 12;

/** The rates of the moment's second in one line, each with the seconds around it as a sparkline. */
export function paintRatesStrip(painter: Painter, { watched }: Scene): void {
  const width = Math.floor((painter.width - 2) / RATES.length);
  const points = watched.series(Math.max(1, width));
  const after = watched.after(Math.floor(width * LINE_AHEAD));
  RATES.forEach(({ rate, name, paint }, index) => {
    const newest = points.at(-1)?.[rate];
    const value = newest === undefined ? UNKNOWN : formatShortCount(newest);
    const room = Math.max(0, width - name.length - 10);
    const ahead = room < LEAST_LINE ? 0 : Math.min(after.length, Math.floor(room * LINE_AHEAD));
    const before = room - (ahead > 0 ? ahead + 1 : 0);
    const values = before > 0 ? points.slice(-before).map((point) => point[rate]) : [];
    const later = after.slice(0, ahead).map((point) => point[rate]);
    const max = Math.max(0, ...values, ...later);
    const spark = (of: readonly number[], columns: number) =>
      sparkline(of, columns, painter.theme.glyphs, { max });
    painter.spans(1 + index * width, 0, [
      { text: name, paint: max === 0 ? "muted" : paint },
      { text: painter.fit(value, 6, "right"), paint: newest ? "title" : "muted" },
      { text: ` ${spark(values, before)}`, paint },
      ...(ahead > 0
        ? ([
            { text: painter.theme.glyphs.vertical, paint: "accent" },
            { text: spark(later, ahead), paint: "muted" },
          ] as const)
        : []),
    ]);
  });
}

/** Rates: the moment's second, the highest that is shown, and bars of the highest second in each column. */
export const ratesPanel: Panel<SeriesAround> = {
  name: "rates",
  title: "Rates",
  view: ({ watched }) => seriesAround(watched),
  keys: () => [],
  draw(inside, around, { scene }) {
    const width = Math.max(1, inside.width - 2);
    const window = windowAround(width, around);
    const withAxis = inside.height > LEAST_ROWS * RATES.length;
    const height = inside.height - (withAxis ? 1 : 0);
    const room = Math.floor(height / RATES.length);
    const spare = height - room * RATES.length;
    let y = 0;
    RATES.forEach((of, index) => {
      const rows = room + (index < spare ? 1 : 0);
      if (rows < 1) return;
      const place = inside.within({ x: 0, y, width: inside.width, height: rows });
      paintRate(place, of, window, around.points.at(-1)?.[of.rate]);
      y += rows;
    });
    if (!withAxis) return;
    paintTimeAxis(inside.within({ x: 1, y: height, width, height: 1 }), {
      sampleMs: window.step * 1000,
      ahead: window.ahead,
      end: scene.clock(around.now),
    });
  },
};

function paintRate(
  painter: Painter,
  { rate, name, paint }: (typeof RATES)[number],
  window: ChartWindow,
  newest: number | undefined,
): void {
  const values = intoColumns(window.points, window, (group) =>
    Math.max(...group.map((point) => point[rate])),
  );
  const highest = Math.max(0, ...values);
  const isQuiet = highest === 0;
  painter.text(1, 0, name, isQuiet ? "muted" : paint);
  const value = newest === undefined ? UNKNOWN : formatShortCount(newest);
  painter.textRight(21, 0, value, newest ? "title" : "muted");
  if (painter.width >= 32) {
    painter.textRight(painter.width - 1, 0, `max ${formatShortCount(highest)}`, "muted");
  }
  const bars = painter.within({ x: 1, y: 1, width: painter.width - 2, height: painter.height - 1 });
  if (isQuiet) {
    for (let x = 0; x < bars.width; x++) {
      bars.put(x, bars.height - 1, painter.theme.glyphs.horizontal, "border");
    }
  } else paintBars(bars, values, highest, (back) => (back < window.ahead ? "muted" : paint));
}

/** Bars as high as the painter, the newest on the right; what is not zero shows at least a sliver. */
function paintBars(
  painter: Painter,
  values: readonly number[],
  highest: number,
  paintOf: (columnsFromTheRight: number) => Role,
): void {
  const { steps } = painter.theme.glyphs;
  const units = steps.length - 1;
  const { width, height } = painter;
  values.slice(-width).forEach((value, index, { length }) => {
    if (value <= 0) return;
    const full = Math.max(1, Math.round((value / highest) * height * units));
    for (let row = 0; row < height; row++) {
      const part = Math.min(units, full - row * units);
      const glyph = part > 0 ? steps[part] : undefined;
      if (glyph === undefined) continue;
      const back = length - index - 1;
      painter.put(width - 1 - back, height - 1 - row, glyph, paintOf(back));
    }
  });
}
