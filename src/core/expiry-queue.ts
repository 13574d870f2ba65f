/** A priority queue of moments: which endpoint's mini-socket runs out next. */

import type { Nanoseconds } from "../event/trace-event.ts";
import { inSteps } from "./copier.ts";
import type { Verdict } from "./endpoint.ts";
import type { EndpointRecord } from "./endpoint-record.ts";

/**
 * Binary heap by time. Whose timer was set to a later time comes at the earlier one, and is pushed
 * again by the reader, who compares `expiresAt`: each connection waits in FIN_WAIT2 first, and two
 * entries for each would be a minute's worth too many.
 *
 * Times and numbers of endpoints stand in two arrays: an object for each entry would outlive the
 * youngest generation of the garbage collector by the 60 s of TIME_WAIT. So would the endpoint, with
 * all the rows that its own stands among, where its port is taken again at once and the table has
 * long forgotten it.
 */
export class ExpiryQueue {
  readonly #times: Nanoseconds[] = [];
  readonly #numbers: number[] = [];

  get size(): number {
    return this.#times.length;
  }

  /** The same moments, in steps: it holds as many as a table. */
  *copySteps(): Generator<void, ExpiryQueue> {
    const copy = new ExpiryQueue();
    yield* inSteps(this.#times, (at) => copy.#times.push(at));
    yield* inSteps(this.#numbers, (no) => copy.#numbers.push(no));
    return copy;
  }

  /** The earliest moment, Infinity when nothing waits. */
  get nextAt(): Nanoseconds {
    return this.#times[0] ?? Number.POSITIVE_INFINITY;
  }

  /** @param no number of the endpoint */
  push(at: Nanoseconds, no: number): void {
    const times = this.#times;
    const numbers = this.#numbers;
    let i = times.length;
    times.push(at);
    numbers.push(no);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if ((times[parent] as number) <= at) break;
      times[i] = times[parent] as number;
      numbers[i] = numbers[parent] as number;
      i = parent;
    }
    times[i] = at;
    numbers[i] = no;
  }

  /** Take out the earliest entry, which is due at `nextAt`, and give its endpoint's number. */
  pop(): number | undefined {
    const first = this.#numbers[0];
    const lastAt = this.#times.pop();
    const last = this.#numbers.pop();
    if (lastAt !== undefined && last !== undefined && this.#times.length > 0) {
      this.#sink(lastAt, last);
    }
    return first;
  }

  #sink(at: Nanoseconds, no: number): void {
    const times = this.#times;
    const numbers = this.#numbers;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= times.length) break;
      if (child + 1 < times.length && (times[child + 1] as number) < (times[child] as number)) {
        child++;
      }
      if ((times[child] as number) >= at) break;
      times[i] = times[child] as number;
      numbers[i] = numbers[child] as number;
      i = child;
    }
    times[i] = at;
    numbers[i] = no;
  }
}

/** How a timer that runs out ends its endpoint: a wait that is only inferred may have been TIME_WAIT. */
export function expiryVerdict({ state, phases }: EndpointRecord): Verdict {
  if (state === "TIME_WAIT") return "graceful";
  return phases.at(-1)?.evidence === "inferred" ? "unknown" : "timed-out";
}
