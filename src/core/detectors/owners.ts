/** Counts who owns endpoints. */

import type { Endpoint } from "../endpoint.ts";

const NAMED = 3;

/** Owners by process, whichever thread is known by name. */
export class Owners {
  readonly #byPid = new Map<number, { readonly comm: string; count: number }>();

  add({ owner }: Endpoint): void {
    if (owner === null) return;
    const known = this.#byPid.get(owner.pid);
    if (known === undefined) this.#byPid.set(owner.pid, { comm: owner.comm, count: 1 });
    else known.count++;
  }

  /**
   * Most first: `nginx (pid 12): 40, curl (pid 13): 2`; null where nobody is known. Three are
   * named, the others counted.
   */
  text(): string | null {
    if (this.#byPid.size === 0) return null;
    const sorted = [...this.#byPid].sort((a, b) => b[1].count - a[1].count || a[0] - b[0]);
    const named = sorted
      .slice(0, NAMED)
      .map(([pid, { comm, count }]) => `${comm} (pid ${pid}): ${count}`);
    if (sorted.length > NAMED) named.push(`${sorted.length - NAMED} more`);
    return named.join(", ");
  }
}

/** The same for a list. */
export function ownersOf(endpoints: Iterable<Endpoint>): string | null {
  const owners = new Owners();
  for (const endpoint of endpoints) owners.add(endpoint);
  return owners.text();
}
