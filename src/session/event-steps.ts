/** Finds the event before and after a place in a store, for those who step from one to the next. */

import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import type { EventRing } from "../store/ring.ts";
import type { Folded } from "./copy-queue.ts";

/** Where a cursor goes: after so many events, and on to a moment. */
export interface Goal {
  readonly at: number;
  readonly t: Nanoseconds;
}

/** A way to another moment. */
export interface Move {
  readonly goal: Goal;
  from: number;
  /** What is folded forward; null until it has been copied. */
  folded: Folded | null;
  /** Whether a copy is still to be left on the way. */
  leavesCopy: boolean;
}

/** How far it has come, 0 to 1. */
export function progressOf({ goal, from, folded }: Move): number {
  const length = Math.max(1, goal.at - from);
  return folded === null ? 0 : Math.min(1, (folded.at - from) / length);
}

/** What nobody who steps from event to event wants to stop at: readings of the host, by the hundred. */
const UNTOLD: ReadonlySet<TraceEvent["type"]> = new Set<TraceEvent["type"]>([
  "heartbeat",
  "host",
  "owner",
  "process",
  "snapshot",
  "snapshot-end",
]);
const RUN = 256;

const isTold = ({ type }: TraceEvent) => !UNTOLD.has(type);

/** After the next event that tells of a connection; null where none has come yet. */
export function nextStop(store: EventRing, from: number): Goal | null {
  for (let at = Math.max(from, store.oldest); at < store.end; at += RUN) {
    const events = store.read(at, RUN);
    const found = events.findIndex(isTold);
    const event = events[found];
    if (event !== undefined) return { at: at + found + 1, t: event.t };
  }
  return null;
}

/** Before the last such event, that is after the one before it; null at the beginning. */
export function previousStop(store: EventRing, from: number): Goal | null {
  const last = lastTold(store, from);
  if (last === null) return null;
  const before = lastTold(store, last.at);
  if (before !== null) return { at: before.at + 1, t: before.t };
  const [first] = store.read(store.oldest, 1);
  return first === undefined ? null : { at: store.oldest, t: first.t };
}

/** The last such event before number `end`. */
function lastTold(store: EventRing, end: number): Goal | null {
  for (let upTo = end; upTo > store.oldest; upTo -= RUN) {
    const from = Math.max(store.oldest, upTo - RUN);
    const events = store.read(from, upTo - from);
    const found = events.findLastIndex(isTold);
    const event = events[found];
    if (event !== undefined) return { at: from + found, t: event.t };
  }
  return null;
}
