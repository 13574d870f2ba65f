/** Tells rows of the socket table that no event speaks of because the kernel only counts them. */

import type { DetailEvent } from "../event/detail.ts";
import type { Nanoseconds, SnapshotEvent } from "../event/trace-event.ts";
import { TIME_WAIT_NS } from "./core-state.ts";

/** With a margin, how long it takes until one is counted or told: `probes/lives_out.bt`. */
const COUNTED_NS = 2e9;
/** So long after it was counted the socket table lists it at most. */
const LISTED_NS = TIME_WAIT_NS + COUNTED_NS;

/** When what ended well was only counted, as `Trace` knows it. */
interface Counting {
  readonly detail: DetailEvent | null;
  readonly countedUntil: Nanoseconds | null;
}

/** Whether the socket table of that moment may list endpoints that were only counted. */
export function listsCounted({ countedUntil }: Counting, at: Nanoseconds): boolean {
  return countedUntil !== null && at < countedUntil + LISTED_NS;
}

/**
 * Whether a row that no event tells of may be one that the kernel only counts: that young, or in
 * TIME_WAIT. Who is not one of them is told by its next change of state.
 */
export function isCountedOnly({ detail, countedUntil }: Counting, row: SnapshotEvent): boolean {
  if (countedUntil === null) return false;
  if (detail?.detail === "aggregate") return row.t >= detail.t;
  if (row.state === "TIME_WAIT") return listsCounted({ detail, countedUntil }, row.since);
  return row.since < countedUntil + COUNTED_NS;
}
