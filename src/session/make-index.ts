/** Reads a recording once and notes, every few thousand events, what its present depends on. */

import { closeSync } from "node:fs";
import { setImmediate as breathe } from "node:timers/promises";
import { Carry } from "../core/carry.ts";
import type { Trace } from "../core/fold.ts";
import { encodeRests } from "../core/rest-codec.ts";
import type { Resume } from "../core/resume.ts";
import type { LateMark } from "../event/order.ts";
import type { Ledger, RecordingHeader } from "../event/recording.ts";
import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import { type IndexKey, IndexWriter, type LineRef } from "../store/index-file.ts";
import { LocatedEvents } from "../store/located-events.ts";
import { labelOf } from "../store/recording-source.ts";
import { traceFor } from "./read-trace.ts";

/** How an index is made. */
export interface IndexOptions {
  /** Told of each run of events while the index is made, for a progress line. */
  readonly onEvents?: (count: number) => void;
  /** Whether one that is missing is made; true when absent. */
  readonly mayMake?: boolean;
  /** Events between two points at least; fewer in tests. */
  readonly spacing?: number;
}

/** An event that speaks of a moment before the events in front of it. */
export interface Stray {
  /** Its number; the first event of the recording is 0. */
  readonly no: number;
  /** The earliest moment that it speaks of. */
  readonly from: Nanoseconds;
  readonly ref: LineRef;
}

/** What stands in an index once. */
export interface IndexCommon {
  /** Whether its recording can be entered in the middle at all; if not, nothing else counts. */
  readonly isUsable: boolean;
  readonly lastNs: Nanoseconds;
  readonly events: number;
  readonly closedCleanly: boolean;
  readonly ledger: Ledger | null;
  readonly strays: readonly Stray[];
  readonly series: Resume["series"];
}

/** What each point says beside its events. */
export type IndexState = Omit<Resume, "at" | "series">;

const SPACING = 8192;
/** Lines that a point names for each event since the one before: an index stays a small part. */
const NAMED = 4;
const MAX_ENDED = 20_000;
const MOST_STRAYS = 50_000;
/** Seconds of the charts: an hour is what a trace keeps, two days what an index does. */
const HOUR = 3600;
const MOST_POINTS = 172_800;

/**
 * Make the index of a plain recording.
 *
 * Where much is alive the points stand further apart, so that an index stays small beside its
 * recording. One whose events are not in order is put in order by who reads it from the start, so
 * its index says only that it cannot be entered.
 *
 * @throws RecordingError as reading does
 */
export async function makeIndex(
  path: string,
  key: IndexKey,
  { spacing = SPACING, onEvents }: IndexOptions = {},
): Promise<Buffer> {
  const reading = new LocatedEvents(path, labelOf(path));
  const writer = new IndexWriter();
  const series: Resume["series"][number][] = [];
  const strays: Stray[] = [];
  let folding: { readonly trace: Trace; readonly carry: Carry<LineRef> } | null = null;
  let events = 0;
  let since = 0;
  let due = spacing;
  const begin = () => {
    const header = reading.scanner.header as RecordingHeader;
    const trace = traceFor(header, { maxEnded: MAX_ENDED });
    return { trace, carry: new Carry<LineRef>(trace) };
  };
  const take = (event: TraceEvent, ref: LineRef): void => {
    folding ??= begin();
    folding.carry.step(event, ref);
    if (isStray(event)) strays.push({ no: events, from: earliestOf(event), ref });
    // It may speak of somebody whom a point behind its moment does not carry any more.
    if (isLate(event)) writer.dropAfter(event.t);
    events++;
    since++;
  };
  const enter = (offset: number): void => {
    if (folding === null || since < due) return;
    const { refs, resume, rests } = folding.carry.carried(true);
    const { at, series: _, ...state } = resume;
    if (rests !== null && rests.fresh.length > 0) writer.addBlock(encodeRests(rests.fresh));
    writer.add({ at, offset, events, refs, picks: rests?.picks ?? [], state });
    since = 0;
    due = Math.max(spacing, Math.ceil(refs.length / NAMED));
  };
  const noteSeries = (): void => {
    const last = series.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
    for (const point of folding?.trace.series(HOUR) ?? []) if (point.at > last) series.push(point);
  };
  const isUsable = () => reading.isOrdered && strays.length <= MOST_STRAYS;
  try {
    for (let more = true; more && isUsable(); ) {
      const before = events;
      more = reading.step(
        ({ event, start }) => take(event, start === null ? { event } : { start }),
        enter,
      );
      noteSeries();
      onEvents?.(events - before);
      await breathe();
    }
  } finally {
    closeSync(reading.fd);
  }
  const { lastNs, closedCleanly, footer } = reading.scanner.end();
  const common: IndexCommon = {
    isUsable: isUsable(),
    lastNs,
    events,
    closedCleanly,
    ledger: footer?.ledger ?? null,
    strays: isUsable() ? strays : [],
    series: series.slice(-MOST_POINTS),
  };
  return writer.finish(key, common);
}

function isLate(event: TraceEvent): boolean {
  return (event as LateMark).late === true;
}

function isStray(event: TraceEvent): boolean {
  return isLate(event) || event.type === "gap";
}

function earliestOf(event: TraceEvent): Nanoseconds {
  return event.type === "gap" ? Math.min(event.from, event.t) : event.t;
}
