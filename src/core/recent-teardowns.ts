/** The newest teardowns, for a screen that cannot walk all endpoints for each frame. */

import type { Endpoint } from "./endpoint.ts";

/** More than any screen has rows, few enough to look through for each frame. */
const KEPT = 1000;

/**
 * Endpoints in the order in which they began to close, or ended where no FIN was seen.
 *
 * Bounded, the oldest dropped first. Whoever has been dropped and ends only now is news again.
 */
export class RecentTeardowns {
  readonly #endpoints = new Set<Endpoint>();

  add(endpoint: Endpoint): void {
    const endpoints = this.#endpoints;
    if (endpoints.has(endpoint)) return;
    endpoints.add(endpoint);
    if (endpoints.size <= KEPT) return;
    for (const oldest of endpoints) {
      endpoints.delete(oldest);
      return;
    }
  }

  /** At most `count`, the newest first. */
  newest(count: number): Endpoint[] {
    return count > 0 ? [...this.#endpoints].slice(-count).reverse() : [];
  }
}
