/** The living endpoints of one state, in order of entry, at no cost in memory beside themselves. */

import type { Endpoint } from "./endpoint.ts";

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
  #first: Endpoint | null = null;
  #last: Endpoint | null = null;
  #size = 0;

  /** The same list of copies, which are linked already. */
  copy(of: (endpoint: Endpoint) => Endpoint): StateList {
    const copy = new StateList();
    copy.#first = this.#first && of(this.#first);
    copy.#last = this.#last && of(this.#last);
    copy.#size = this.#size;
    return copy;
  }

  get size(): number {
    return this.#size;
  }

  get first(): Endpoint | null {
    return this.#first;
  }

  add(endpoint: Endpoint): void {
    endpoint.previousInState = this.#last;
    endpoint.nextInState = null;
    if (this.#last === null) this.#first = endpoint;
    else this.#last.nextInState = endpoint;
    this.#last = endpoint;
    this.#size++;
  }

  /** Remove an endpoint that is in this list. */
  remove(endpoint: Endpoint): void {
    const { previousInState: previous, nextInState: next } = endpoint;
    if (previous === null) this.#first = next;
    else previous.nextInState = next;
    if (next === null) this.#last = previous;
    else next.previousInState = previous;
    endpoint.previousInState = null;
    endpoint.nextInState = null;
    this.#size--;
  }

  *[Symbol.iterator](): Iterator<Endpoint> {
    let endpoint = this.#first;
    while (endpoint !== null) {
      const next: Endpoint | null = endpoint.nextInState;
      yield endpoint;
      endpoint = next;
    }
  }
}
