/** The living endpoints of one state, in order of entry, at no cost in memory beside themselves. */

import type { Endpoint } from "./endpoint.ts";
import type { EndpointRecord } from "./endpoint-record.ts";

/** What readers see of it. */
export interface EndpointList extends Iterable<Endpoint> {
  readonly size: number;
}

/**
 * Doubly linked through the endpoints themselves: every state change leaves one list and enters
 * another, and a hashed set costs several times as much at each.
 *
 * While it is iterated, the endpoint last given out may be removed.
 */
export class StateList implements EndpointList {
  #first: EndpointRecord | null = null;
  #last: EndpointRecord | null = null;
  #size = 0;

  /** The same list of copies, which are linked already. */
  copy(of: (endpoint: EndpointRecord) => EndpointRecord): StateList {
    const copy = new StateList();
    copy.#first = this.#first && of(this.#first);
    copy.#last = this.#last && of(this.#last);
    copy.#size = this.#size;
    return copy;
  }

  get size(): number {
    return this.#size;
  }

  get first(): EndpointRecord | null {
    return this.#first;
  }

  add(endpoint: EndpointRecord): void {
    endpoint.previousInState = this.#last;
    endpoint.nextInState = null;
    if (this.#last === null) this.#first = endpoint;
    else this.#last.nextInState = endpoint;
    this.#last = endpoint;
    this.#size++;
  }

  /** Put them into another order. */
  sort(compare: (a: EndpointRecord, b: EndpointRecord) => number): void {
    const sorted = [...this].sort(compare);
    this.#first = null;
    this.#last = null;
    this.#size = 0;
    for (const endpoint of sorted) this.add(endpoint);
  }

  /** Remove an endpoint that is in this list. */
  remove(endpoint: EndpointRecord): void {
    const { previousInState: previous, nextInState: next } = endpoint;
    if (previous === null) this.#first = next;
    else previous.nextInState = next;
    if (next === null) this.#last = previous;
    else next.previousInState = previous;
    endpoint.previousInState = null;
    endpoint.nextInState = null;
    this.#size--;
  }

  *[Symbol.iterator](): Iterator<EndpointRecord> {
    let endpoint = this.#first;
    while (endpoint !== null) {
      const next: EndpointRecord | null = endpoint.nextInState;
      yield endpoint;
      endpoint = next;
    }
  }
}
