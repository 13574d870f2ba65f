/** Reads a recording once and notes, every few thousand events, what its present depends on. */

import { closeSync } from "node:fs";
import { setImmediate as breathe } from "node:timers/promises";
import { Carry } from "../core/carry.ts";
import type { Trace } from "../core/fold.ts";
import type { Resume } from "../core/resume.ts";
import type { RecordingHeader } from "../event/recording.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import { IndexWriter, indexKeyOf, type LineRef } from "../store/index-file.ts";
import { LocatedEvents } from "../store/located-events.ts";
import { labelOf } from "../store/recording-source.ts";
import { traceFor } from "./read-trace.ts";

/** How an index is made. */
export interface IndexOptions {
  /** Told of each run of events while the index is made, for a progress line. */
  readonly onEvents?: (count: number) => void;
  /** Events between two points at least; fewer in tests. */
  readonly spacing?: number;
}

/** What stands in an index once. */
export interface IndexCommon {
  readonly lastNs: Nanoseconds;
  readonly events: number;
  readonly series: Resume["series"];
}

/** What each point says beside its events. */
export type IndexState = Omit<Resume, "at" | "series">;

/** A jump folds at most about twice as many events as lie between two points. */
const SPACING = 8192;
const MAX_ENDED = 20_000;
/** Seconds of the charts: an hour is what a trace keeps, two days what an index does. */
const HOUR = 3600;
const MOST_POINTS = 172_800;

/**
 * Make the index of a plain recording.
 *
 * Where much is alive the points stand further apart, so that an index stays small beside its
 * recording: a point names no more lines than there are since the one before.
 *
 * @throws RecordingError as reading does
 */
export async function makeIndex(
  path: string,
  version: string,
  { spacing = SPACING, onEvents }: IndexOptions,
): Promise<Buffer> {
  const key = indexKeyOf(path, version);
  const reading = new LocatedEvents(path, labelOf(path));
  const writer = new IndexWriter();
  const series: Resume["series"][number][] = [];
  let folding: { readonly trace: Trace; readonly carry: Carry<LineRef> } | null = null;
  let events = 0;
  let since = 0;
  let due = spacing;
  const begin = () => {
    const header = reading.scanner.header as RecordingHeader;
    const trace = traceFor(header, { maxEnded: MAX_ENDED });
    return { trace, carry: new Carry<LineRef>(trace) };
  };
  const enter = (offset: number): void => {
    if (folding === null || since < due) return;
    const { refs, resume } = folding.carry.carried();
    const { at, series: _, ...state } = resume;
    writer.add({ at, offset, refs, state });
    since = 0;
    due = Math.max(spacing, refs.length);
  };
  const noteSeries = (): void => {
    const last = series.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
    for (const point of folding?.trace.series(HOUR) ?? []) if (point.at > last) series.push(point);
  };
  try {
    for (let more = true; more; ) {
      const before = events;
      more = reading.step(({ event, start }) => {
        folding ??= begin();
        folding.carry.step(event, start === null ? { event } : { start });
        events++;
        since++;
      }, enter);
      noteSeries();
      onEvents?.(events - before);
      await breathe();
    }
  } finally {
    closeSync(reading.fd);
  }
  const { lastNs } = reading.scanner.end();
  const common: IndexCommon = { lastNs, events, series: series.slice(-MOST_POINTS) };
  return writer.finish(key, common);
}
