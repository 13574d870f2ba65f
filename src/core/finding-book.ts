/** Keeps findings over time: what fires gets an identity, what stops firing an end. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { Finding, FindingKind, Firing } from "./finding.ts";

const KEPT = 5000;

/** All findings of a trace, open and ended, oldest first. */
export class FindingBook {
  readonly #all = new Map<string, Finding>();
  readonly #open = new Map<string, Finding>();
  #next = 1;

  /** Take one detector's firings at `now`: what it no longer names has ended. */
  update(kind: FindingKind, firings: readonly Firing[], now: Nanoseconds): void {
    const seen = new Set<string>();
    for (const firing of firings) {
      const key = `${kind} ${firing.key}`;
      seen.add(key);
      const known = this.#open.get(key);
      const finding: Finding = {
        ...firing,
        endpoints: known === undefined ? firing.endpoints : union(known, firing),
        since: known?.since ?? firing.since,
        count: Math.max(known?.count ?? 0, firing.count),
        id: known?.id ?? `f${this.#next++}`,
        kind,
        until: null,
      };
      this.#open.set(key, finding);
      this.#all.set(finding.id, finding);
    }
    for (const [key, finding] of this.#open) {
      if (finding.kind !== kind || seen.has(key)) continue;
      this.#open.delete(key);
      this.#all.set(finding.id, { ...finding, until: now });
    }
    if (this.#all.size > KEPT) this.#all.delete(this.#all.keys().next().value as string);
  }

  all(): readonly Finding[] {
    return [...this.#all.values()];
  }
}

function union(known: Finding, firing: Firing): readonly string[] {
  const ids = new Set(known.endpoints);
  const before = ids.size;
  for (const id of firing.endpoints) ids.add(id);
  return ids.size === before ? known.endpoints : [...ids];
}
