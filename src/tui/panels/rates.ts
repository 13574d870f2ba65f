// Shows how many state changes, re-sends and resets there are in a second.
import type { SeriesPoint } from "../../core/series.ts";
import type { Nanoseconds } from "../../event/trace-event.ts";
import { formatShortCount, UNKNOWN } from "../format.ts";
import type { Painter } from "../painter.ts";
import { sparkline } from "../spark.ts";
import type { Role } from "../theme.ts";
import { LONGEST_SERIES } from "../watched.ts";
import type { Panel, Scene } from "./panel.ts";
import { chooseSampling, intoColumns, type Sampling } from "./sampling.ts";

/** What the bars are made from. */
export interface RatesData {
  readonly points: readonly SeriesPoint[];
  readonly now: Nanoseconds;
}

type Rate = "transitions" | "retransmits" | "resets";

const RATES: ReadonlyArray<{ readonly rate: Rate; readonly name: string; readonly paint: Role }> = [
  { rate: "transitions", name: "transitions/s", paint: "accent" },
  { rate: "retransmits", name: "re-sends/s", paint: "warn" },
  { rate: "resets", name: "resets/s", paint: "critical" },
];

/** The rates of the last second in one line, each with its last seconds as a sparkline. */
export function paintRatesStrip(painter: Painter, { watched }: Scene): void {
  const width = Math.floor((painter.width - 2) / RATES.length);
  const points = watched.series(Math.max(1, width));
  RATES.forEach(({ rate, name, paint }, index) => {
    const values = points.map((point) => point[rate]);
    const newest = values.at(-1);
    const isQuiet = Math.max(0, ...values) === 0;
    const value = newest === undefined ? UNKNOWN : formatShortCount(newest);
    const spark = Math.max(0, width - name.length - 10);
    painter.spans(1 + index * width, 0, [
      { text: name, paint: isQuiet ? "muted" : paint },
      { text: painter.fit(value, 6, "right"), paint: newest ? "title" : "muted" },
      { text: ` ${sparkline(values, spark, painter.theme.glyphs)}`, paint },
    ]);
  });
}

/** Rates: the last second, the highest that is shown, and bars of the highest second in each column. */
export const ratesPanel: Panel<RatesData> = {
  name: "rates",
  title: "Rates",
  view: ({ watched, now }) => ({ points: watched.series(LONGEST_SERIES), now }),
  keys: () => [],
  draw(inside, { points, now }) {
    const sampling = chooseSampling(Math.max(1, inside.width - 2), now / 1e9);
    const shown = points.slice(-sampling.seconds);
    const room = Math.floor(inside.height / RATES.length);
    const spare = inside.height - room * RATES.length;
    let y = 0;
    RATES.forEach(({ rate, name, paint }, index) => {
      const height = room + (index < spare ? 1 : 0);
      if (height < 1) return;
      const place = inside.within({ x: 0, y, width: inside.width, height });
      paintRate(place, name, paint, perSecond(shown, sampling, rate), points.at(-1)?.[rate]);
      y += height;
    });
  },
};

function perSecond(points: readonly SeriesPoint[], sampling: Sampling, rate: Rate): number[] {
  return intoColumns(points, sampling, (group) => Math.max(...group.map((point) => point[rate])));
}

function paintRate(
  painter: Painter,
  name: string,
  paint: Role,
  values: readonly number[],
  newest: number | undefined,
): void {
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
  } else paintBars(bars, values, highest, paint);
}

/** Bars as high as the painter, the newest on the right; what is not zero shows at least a sliver. */
function paintBars(
  painter: Painter,
  values: readonly number[],
  highest: number,
  paint: Role,
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
      if (glyph !== undefined) painter.put(width - length + index, height - 1 - row, glyph, paint);
    }
  });
}
