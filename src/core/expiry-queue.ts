/** A priority queue of moments: which endpoint's mini-socket runs out next. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { Endpoint } from "./endpoint.ts";

interface Entry {
  readonly at: Nanoseconds;
  readonly endpoint: Endpoint;
}

/**
 * Binary heap by time. A re-armed timer is pushed again; the stale entry is skipped by its
 * reader, who compares `expiresAt`.
 */
export class ExpiryQueue {
  readonly #heap: Entry[] = [];

  get size(): number {
    return this.#heap.length;
  }

  push(at: Nanoseconds, endpoint: Endpoint): void {
    const heap = this.#heap;
    const entry = { at, endpoint };
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if ((heap[parent] as Entry).at <= at) break;
      heap[i] = heap[parent] as Entry;
      i = parent;
    }
    heap[i] = entry;
  }

  /** Take out the earliest entry that is due at `now`, or undefined. */
  popDue(now: Nanoseconds): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.at > now) return undefined;
    const last = heap.pop() as Entry;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(entry: Entry): void {
    const heap = this.#heap;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Entry).at < (heap[child] as Entry).at) {
        child++;
      }
      if ((heap[child] as Entry).at >= entry.at) break;
      heap[i] = heap[child] as Entry;
      i = child;
    }
    heap[i] = entry;
  }
}
