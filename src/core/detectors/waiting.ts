/** Sums up mini-sockets in one pass: there may be hundreds of thousands. */

import type { Endpoint } from "../endpoint.ts";
import type { EndpointRecord } from "../endpoint-record.ts";
import { IdSet } from "../id-set.ts";
import type { PortGroup } from "../port-group.ts";
import { Owners } from "./owners.ts";

/** How many were closed at one place: a server's by its port, a client's by the destination. */
export interface Share {
  readonly first: Endpoint;
  count: number;
}

/** Mini-sockets that somebody waits for to go. */
export class Waiting {
  readonly ids = new IdSet();
  readonly #places = new Map<PortGroup | number, Share>();
  readonly #owners = new Owners();
  #both = 0;
  #unanswered = 0;

  add(endpoint: EndpointRecord): void {
    const { no, role, state, ports, localPort } = endpoint;
    this.ids.add(no);
    if (role === "simultaneous") this.#both++;
    if (state === "FIN_WAIT2") this.#unanswered++;
    this.#owners.add(endpoint);
    const place = ports ?? localPort;
    const known = this.#places.get(place);
    if (known === undefined) this.#places.set(place, { first: endpoint, count: 1 });
    else known.count++;
  }

  get count(): number {
    return this.ids.size;
  }

  /** The places where they were closed, most first. */
  shares(): Share[] {
    return [...this.#places.values()].sort((a, b) => b.count - a.count);
  }

  /** Who closes first: TIME_WAIT and FIN_WAIT2 are with the end that sent the first FIN. */
  closers(): string[] {
    const lines = [`this side closed first on ${this.count - this.#both} of ${this.count}`];
    if (this.#both > 0) lines.push(`both sides closed at once on ${this.#both}`);
    const owners = this.#owners.text();
    if (owners !== null) lines.push(`closed by ${owners}`);
    if (this.#unanswered > 0) {
      lines.push(
        `${this.#unanswered} wait in FIN_WAIT2: the peer has not closed, and nothing may take their ports over`,
      );
    }
    return lines;
  }
}
