/** Copies of a trace along its history: where a view that goes back begins to fold forward. */

import type { Trace } from "../core/fold.ts";
import type { Nanoseconds } from "../event/trace-event.ts";

/** The state after the events before number `at`. It is never stepped, only copied. */
export interface Checkpoint {
  readonly at: number;
  readonly trace: Trace;
}

/** Endpoints that all copies together may hold; each takes about 2 KB. */
const BUDGET = 90_000;
/** Events between two copies for each endpoint: a copy of one costs about as much as folding three. */
const EVENTS_EACH = 3;
const FEWEST = 3;
const MOST = 32;

/**
 * As many as memory allows, spread evenly, the oldest at the beginning of the history.
 *
 * A small trace is copied every few thousand events, one with a hundred thousand endpoints three
 * times in all: then a step back takes longer, and memory and time stay bounded.
 */
export class Checkpoints {
  readonly #leastGap: number;
  #all: Checkpoint[] = [];

  /** @param leastGap events between two of them at least: folding those takes a blink */
  constructor(leastGap: number) {
    this.#leastGap = leastGap;
  }

  /** The earliest moment to which one can go back; null while there is none. */
  get oldest(): Checkpoint | null {
    return this.#all[0] ?? null;
  }

  get count(): number {
    return this.#all.length;
  }

  /** The goal, or the beginning of the history where it lies before that. */
  nearest(goal: { readonly at: number; readonly t: Nanoseconds }): typeof goal {
    const { oldest } = this;
    const isBefore = oldest !== null && (goal.at < oldest.at || goal.t < oldest.trace.now);
    return isBefore ? { at: oldest.at, t: oldest.trace.now } : goal;
  }

  /** Whether a trace that has come to `at` should be copied, the store keeping so many events. */
  isDue(trace: Trace, at: number, kept: number): boolean {
    const newest = this.#all.at(-1);
    if (newest === undefined) return true;
    const span = at - (this.oldest?.at ?? 0);
    // A small store must hold several even so: what stands before its oldest copy cannot be shown.
    const worth = Math.min(EVENTS_EACH * trace.itemised, kept / 4);
    return at - newest.at >= Math.max(this.#leastGap, worth, span / mostOf(trace));
  }

  /** Keep a copy. */
  add(checkpoint: Checkpoint): void {
    const place = this.#all.findIndex(({ at }) => at >= checkpoint.at);
    if (this.#all[place]?.at === checkpoint.at) return;
    this.#all.splice(place < 0 ? this.#all.length : place, 0, checkpoint);
    while (this.#all.length > mostOf(checkpoint.trace)) this.#thin();
  }

  /** Forget those whose next events are gone from the store. */
  dropBefore(oldestEvent: number): void {
    const kept = this.#all.findIndex(({ at }) => at >= oldestEvent);
    if (kept > 0) this.#all.splice(0, kept);
    else if (kept < 0) this.#all = [];
  }

  /** The last one that is not after an event and not after a moment. */
  before(at: number, t: number): Checkpoint | null {
    return this.#all.findLast((each) => each.at <= at && each.trace.now <= t) ?? null;
  }

  /** Take out the one that is missed least; the oldest is where the history begins. */
  #thin(): void {
    let least = 1;
    let leastGap = Number.POSITIVE_INFINITY;
    for (let i = 1; i < this.#all.length - 1; i++) {
      const gap = (this.#all[i + 1]?.at ?? 0) - (this.#all[i - 1]?.at ?? 0);
      if (gap < leastGap) [least, leastGap] = [i, gap];
    }
    this.#all.splice(least, 1);
  }
}

function mostOf(trace: Trace): number {
  return Math.min(MOST, Math.max(FEWEST, Math.floor(BUDGET / Math.max(1, trace.itemised))));
}
