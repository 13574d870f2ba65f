/** Endpoints that are gone and still kept to be reported, oldest end first. */

import type { Nanoseconds, SocketTuple } from "../event/trace-event.ts";
import type { Copier } from "./copier.ts";
import type { EndpointRecord } from "./endpoint-record.ts";
import { isSame } from "./pair-key.ts";

/** A queue in one array, whose front is given back from time to time; who left is let go at once. */
export class EndedList {
  readonly #ended: (EndpointRecord | null)[] = [];
  #head = 0;

  *copySteps(copier: Copier): Generator<void, EndedList> {
    const copy = new EndedList();
    const ended = this.#ended.slice(this.#head) as EndpointRecord[];
    yield* copier.all(ended, (each) => copy.#ended.push(each));
    return copy;
  }

  get size(): number {
    return this.#ended.length - this.#head;
  }

  push(endpoint: EndpointRecord): void {
    this.#ended.push(endpoint);
  }

  /** Take out the one that ended first, of a list that is not empty. */
  shift(): EndpointRecord {
    const oldest = this.#ended[this.#head] as EndpointRecord;
    this.#ended[this.#head++] = null;
    if (this.#head > 4096 && this.#head * 2 > this.#ended.length) {
      this.#ended.splice(0, this.#head);
      this.#head = 0;
    }
    return oldest;
  }

  /** Whether an endpoint with this tuple ended at `since` or later. */
  hasSince(tuple: SocketTuple, since: Nanoseconds): boolean {
    for (let i = this.#ended.length - 1; i >= this.#head; i--) {
      const endpoint = this.#ended[i] as EndpointRecord;
      if ((endpoint.endedAt as Nanoseconds) < since) return false;
      if (isSame(endpoint, tuple)) return true;
    }
    return false;
  }
}
