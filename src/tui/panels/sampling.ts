// Fits the seconds of a trace into the columns of a chart.
import type { SeriesPoint } from "../../core/series.ts";
import type { Nanoseconds } from "../../event/trace-event.ts";
import { LONGEST_SERIES, type Watched } from "../watched.ts";

/** Lengths of one column, seconds: round ones, so that the time axis reads well. */
const STEPS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 60] as const;
/** Beyond this a chart shows the newest part only; a teardown is a matter of minutes. */
const LONGEST_SECONDS = 900;
/** The part of a chart that is kept for what came after the moment that is shown. */
const AHEAD = 1 / 4;

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

/** What the charts are made from: the seconds up to the moment that is shown, and those after it. */
export interface SeriesAround {
  readonly points: readonly SeriesPoint[];
  /** None where the moment is the newest that is known. */
  readonly after: readonly SeriesPoint[];
  readonly now: Nanoseconds;
}

/** Read what the charts are made from. */
export function seriesAround(watched: Watched): SeriesAround {
  const [points, after] = [watched.series(LONGEST_SERIES), watched.after(LONGEST_SERIES)];
  return { points, after, now: watched.now };
}

/** The seconds that one chart shows. */
export interface ChartWindow extends Sampling {
  readonly points: readonly SeriesPoint[];
  /** So many of the newest columns are later than the moment that is shown. */
  readonly ahead: number;
}

/**
 * Choose what a chart of so many columns shows around a moment.
 *
 * Where all that is known fits it stands still, and only the moment moves in it; else a quarter of
 * it is later than the moment, or less where less is known: the newest moment is at the right edge.
 */
export function windowAround(columns: number, { points, after, now }: SeriesAround): ChartWindow {
  const newest = Math.max(now, after.at(-1)?.at ?? 0);
  const sampling = chooseSampling(columns, newest / 1e9);
  const columnOf = (t: Nanoseconds) => Math.floor(t / (sampling.step * 1e9));
  const first = columnOf(points[0]?.at ?? now);
  const cursor = columnOf(points.at(-1)?.at ?? now);
  const last = Math.max(cursor + Math.floor(columns * AHEAD), first + columns - 1);
  const later = after.filter(({ at }) => columnOf(at) <= last);
  const latest = later.at(-1);
  return {
    ...sampling,
    points: [...points.slice(-sampling.seconds), ...later],
    ahead: latest === undefined ? 0 : columnOf(latest.at) - cursor,
  };
}
