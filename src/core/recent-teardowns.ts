/** The newest teardowns, for a screen that cannot walk all endpoints for each frame. */

import type { EndpointRecord } from "./endpoint-record.ts";

/** More than any screen has rows, few enough to look through for each frame. */
const KEPT = 1000;

/**
 * Endpoints in the order in which they began to close, or ended where no FIN was seen.
 *
 * A ring: the newest takes the place of the oldest. Whoever has been dropped and ends only now is
 * news again.
 */
export class RecentTeardowns {
  readonly #ring: EndpointRecord[] = [];
  #count = 0;

  copy(of: (endpoint: EndpointRecord) => EndpointRecord): RecentTeardowns {
    const copy = new RecentTeardowns();
    for (const endpoint of this.#ring) copy.#ring.push(of(endpoint));
    copy.#count = this.#count;
    return copy;
  }

  /** How many there have been. */
  get count(): number {
    return this.#count;
  }

  /** Stand where another stood: after so many, of whom these are known, the newest last. */
  restore(count: number, known: readonly EndpointRecord[]): void {
    for (const endpoint of this.newest(KEPT))
      endpoint.teardownNo = Math.min(endpoint.teardownNo, 1);
    this.#ring.length = 0;
    this.#count = Math.max(0, count - known.length);
    for (const endpoint of known) {
      endpoint.teardownNo = 0;
      this.add(endpoint);
    }
  }

  add(endpoint: EndpointRecord): void {
    if (endpoint.teardownNo > Math.max(0, this.#count - KEPT)) return;
    this.#ring[this.#count % KEPT] = endpoint;
    this.#count++;
    endpoint.teardownNo = this.#count;
  }

  /** At most `count`, the newest first. */
  newest(count: number): EndpointRecord[] {
    const newest: EndpointRecord[] = [];
    const wanted = Math.min(count, KEPT, this.#count);
    for (let i = 1; i <= wanted; i++) {
      const endpoint = this.#ring[(this.#count - i) % KEPT];
      if (endpoint === undefined) break;
      newest.push(endpoint);
    }
    return newest;
  }
}
