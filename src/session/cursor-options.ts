/** What a cursor over a store is made with. */

import type { Trace } from "../core/fold.ts";

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
}
