// Fits the seconds of a trace into the columns of a chart.
import type { SeriesPoint } from "../../core/series.ts";

/** Lengths of one column, seconds: round ones, so that the time axis reads well. */
const STEPS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 60] as const;
/** Beyond this a chart shows the newest part only; a teardown is a matter of minutes. */
const LONGEST_SECONDS = 900;

/** Seconds of the past that a chart of so many columns shows, and how many make a column. */
export interface Sampling {
  readonly step: number;
  readonly seconds: number;
}

/** Choose how long a column is, so that the whole trace is shown up to a quarter of an hour. */
export function chooseSampling(columns: number, elapsedSeconds: number): Sampling {
  const wanted = Math.min(elapsedSeconds, LONGEST_SECONDS);
  const step = STEPS.find((each) => each * columns >= wanted) ?? STEPS[STEPS.length - 1] ?? 60;
  return { step, seconds: step * columns };
}

/**
 * Join points into columns, the newest last.
 *
 * Columns begin at multiples of the step since the trace began, so a peak stays in its column
 * while time goes on; the last column may still be filling.
 */
export function intoColumns<T>(
  points: readonly SeriesPoint[],
  { step, seconds }: Sampling,
  join: (points: readonly SeriesPoint[]) => T,
): T[] {
  const columns: T[] = [];
  let group: SeriesPoint[] = [];
  let number = -1;
  for (const point of points) {
    const at = Math.floor(point.at / (step * 1e9));
    if (at !== number && group.length > 0) {
      columns.push(join(group));
      group = [];
    }
    number = at;
    group.push(point);
  }
  if (group.length > 0) columns.push(join(group));
  return columns.slice(-(seconds / step));
}
