/** The newest events that tell of a connection, for a log that goes on while it is read. */

import type { TraceEvent } from "../event/trace-event.ts";

/** More than any screen has rows; each is held already, so it costs a pointer. */
const KEPT = 1000;

/**
 * What stands in a log: what happened, not what was looked up. Rows of the socket table, owners,
 * counters and proofs of life come by the thousand and change nothing that a person follows.
 */
const LOGGED: ReadonlySet<TraceEvent["type"]> = new Set([
  "transition",
  "retransmit",
  "reset",
  "mini-segment",
  "mini-end",
  "gap",
]);

/** An event with its number among all that were logged, from 1. */
export interface LoggedEvent {
  readonly no: number;
  readonly event: TraceEvent;
}

/** A ring: the newest takes the place of the oldest. */
export class RecentEvents {
  readonly #ring: TraceEvent[] = [];
  #count = 0;

  copy(): RecentEvents {
    const copy = new RecentEvents();
    copy.#ring.push(...this.#ring);
    copy.#count = this.#count;
    return copy;
  }

  /** Remember an event if it is one that a log shows. */
  add(event: TraceEvent): void {
    if (!LOGGED.has(event.type)) return;
    this.#ring[this.#count % KEPT] = event;
    this.#count++;
  }

  /** At most `count`, the newest first. */
  newest(count: number): LoggedEvent[] {
    const newest: LoggedEvent[] = [];
    const wanted = Math.min(count, KEPT, this.#count);
    for (let i = 0; i < wanted; i++) {
      const no = this.#count - i;
      newest.push({ no, event: this.#ring[(no - 1) % KEPT] as TraceEvent });
    }
    return newest;
  }
}
