/** What a cursor over a store is made with. */

import type { Trace } from "../core/fold.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import type { Folded } from "./copy-queue.ts";

/** Events between two copies of the head, at least. */
export const COPY_EVERY = 8192;

/** How a cursor goes on by itself. */
export interface CursorOptions {
  /** Nanoseconds of the trace in a nanosecond of the clock; Infinity follows the newest event. */
  readonly speed: number;
  /** A trace that has taken no event. */
  newTrace(): Trace;
  /** Events between two copies at least; 8,192 when absent, which folds in a blink. */
  readonly copyEvery?: number;
  /** The way into what the store does not hold yet; absent where there is none. */
  readonly ahead?: Shortcut;
}

/** A store that is still being filled from a recording with an index can be left behind. */
export interface Shortcut {
  /** The newest moment that the store will hold. */
  readonly lastNs: Nanoseconds;
  /** A trace at a moment, with the number that the next event will have in the store. */
  enter(t: Nanoseconds): Folded;
}
