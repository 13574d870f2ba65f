/** Which processes ever owned or held an endpoint: the endpoint itself knows the present ones. */

import type { Endpoint } from "./endpoint.ts";

/** The processes that own or hold an endpoint now. */
export function holdersOf({ owner, holders }: Endpoint): number[] {
  const pids = holders.map(({ pid }) => pid);
  if (owner !== null && !pids.includes(owner.pid)) pids.push(owner.pid);
  return pids;
}

/** Former holders of the few endpoints that have any. */
export class HolderHistory {
  readonly #former = new Map<Endpoint, readonly number[]>();

  /** Every process that owned or held it at any time. */
  of(endpoint: Endpoint): readonly number[] {
    return [...holdersOf(endpoint), ...(this.#former.get(endpoint) ?? [])];
  }

  /** Remember those who held it before an event and do no more. */
  note(endpoint: Endpoint, before: readonly number[]): void {
    if (before.length === 0) return;
    const known = this.of(endpoint);
    const gone = before.filter((pid) => !known.includes(pid));
    if (gone.length === 0) return;
    this.#former.set(endpoint, [...(this.#former.get(endpoint) ?? []), ...gone]);
  }
}
