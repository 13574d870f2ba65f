/** A priority queue of moments: which endpoint's mini-socket runs out next. */

import type { Nanoseconds } from "../event/trace-event.ts";
import { type Copier, inSteps } from "./copier.ts";
import type { Verdict } from "./endpoint.ts";
import type { EndpointRecord } from "./endpoint-record.ts";

/**
 * Binary heap by time. Whose timer was set to a later time comes at the earlier one, and is pushed
 * again by the reader, who compares `expiresAt`: each connection waits in FIN_WAIT2 first, and two
 * entries for each would be a minute's worth too many.
 *
 * Times and endpoints stand in two arrays: an object for each entry would outlive the youngest
 * generation of the garbage collector by the 60 s of TIME_WAIT.
 */
export class ExpiryQueue {
  readonly #times: Nanoseconds[] = [];
  readonly #endpoints: EndpointRecord[] = [];

  get size(): number {
    return this.#times.length;
  }

  /** The same moments for the copies of the endpoints, in steps: it holds as many as a table. */
  *copySteps(copier: Copier): Generator<void, ExpiryQueue> {
    const copy = new ExpiryQueue();
    yield* inSteps(this.#times, (at) => copy.#times.push(at));
    yield* copier.all(this.#endpoints, (endpoint) => copy.#endpoints.push(endpoint));
    return copy;
  }

  /** The earliest moment, Infinity when nothing waits. */
  get nextAt(): Nanoseconds {
    return this.#times[0] ?? Number.POSITIVE_INFINITY;
  }

  push(at: Nanoseconds, endpoint: EndpointRecord): void {
    const times = this.#times;
    const endpoints = this.#endpoints;
    let i = times.length;
    times.push(at);
    endpoints.push(endpoint);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if ((times[parent] as number) <= at) break;
      times[i] = times[parent] as number;
      endpoints[i] = endpoints[parent] as EndpointRecord;
      i = parent;
    }
    times[i] = at;
    endpoints[i] = endpoint;
  }

  /** Take out the earliest entry, which is due at `nextAt`. */
  pop(): EndpointRecord | undefined {
    const first = this.#endpoints[0];
    const lastAt = this.#times.pop();
    const last = this.#endpoints.pop();
    if (lastAt !== undefined && last !== undefined && this.#times.length > 0) {
      this.#sink(lastAt, last);
    }
    return first;
  }

  #sink(at: Nanoseconds, endpoint: EndpointRecord): void {
    const times = this.#times;
    const endpoints = this.#endpoints;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= times.length) break;
      if (child + 1 < times.length && (times[child + 1] as number) < (times[child] as number)) {
        child++;
      }
      if ((times[child] as number) >= at) break;
      times[i] = times[child] as number;
      endpoints[i] = endpoints[child] as EndpointRecord;
      i = child;
    }
    times[i] = at;
    endpoints[i] = endpoint;
  }
}

/** How a timer that runs out ends its endpoint: a wait that is only inferred may have been TIME_WAIT. */
export function expiryVerdict({ state, phases }: EndpointRecord): Verdict {
  if (state === "TIME_WAIT") return "graceful";
  return phases.at(-1)?.evidence === "inferred" ? "unknown" : "timed-out";
}
