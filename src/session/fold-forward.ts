/** Folds a trace forward along a store, and finds the trace to begin with. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { EventRing } from "../store/ring.ts";
import type { Folded } from "./copy-queue.ts";
import type { Goal } from "./event-steps.ts";

/** Events folded between two looks at the clock. */
const RUN = 128;

/** Fold a run of the events up to number `end` that are due; tells whether there were any. */
export function foldRun(
  store: EventRing,
  folded: Folded,
  end: number,
  until: Nanoseconds,
): boolean {
  const { at } = folded;
  if (at >= end || at < store.oldest) return false;
  for (const event of store.read(at, Math.min(RUN, end - at))) {
    if (event.t > until) break;
    folded.trace.step(event);
    folded.at++;
  }
  return folded.at > at;
}

/** The trace that has come furthest, of those from which folding forward leads there; the first of equals. */
export function latestBefore(
  { at, t }: Goal,
  oldest: number,
  candidates: readonly (Folded | null)[],
): Folded | null {
  let best: Folded | null = null;
  for (const each of candidates) {
    if (each === null || each.at < oldest || each.at > at || each.trace.now > t) continue;
    if (best === null || each.at > best.at) best = each;
  }
  return best;
}
