/** Keeps findings over time: what fires gets an identity, what stops firing an end. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { Finding, FindingKind, Firing } from "./finding.ts";
import { IdSet } from "./id-set.ts";

const KEPT = 5000;
/** Looks that a trend goes back: a minute where there is one a second. */
const TREND = 60;
/** From so many ids on, those are taken out whose endpoints the table has forgotten. */
const FEW_IDS = 10_000;

/** An open finding and every endpoint that it has spoken of. */
interface Entry {
  readonly finding: Finding;
  readonly ids: IdSet;
  pruneAt: number;
}

/** All findings of a trace, open and ended, oldest first. */
export class FindingBook {
  readonly #all = new Map<string, Finding>();
  readonly #open = new Map<string, Entry>();
  readonly #trends = new Map<string, number[]>();
  readonly #isKnown: (id: string) => boolean;
  #next = 1;

  /**
   * @param isKnown whether the table still knows an endpoint
   * @param before findings of a trace that goes on here, open ones and ended ones
   */
  constructor(isKnown: (id: string) => boolean, before: readonly Finding[] = []) {
    this.#isKnown = isKnown;
    for (const finding of before) {
      this.#all.set(finding.id, finding);
      this.#next = Math.max(this.#next, Number(finding.id.slice(1)) + 1);
      if (finding.until !== null) continue;
      const ids = new IdSet(finding.endpoints);
      this.#open.set(`${finding.kind} ${finding.key}`, { finding, ids, pruneAt: FEW_IDS });
    }
  }

  /** The same findings to go on with; `isKnown` asks the copied table. */
  copy(isKnown: (id: string) => boolean): FindingBook {
    const copy = new FindingBook(isKnown);
    for (const [id, finding] of this.#all) copy.#all.set(id, finding);
    for (const [key, { finding, ids, pruneAt }] of this.#open) {
      const copiedIds = ids.copy();
      const copied = booked(frozen(finding), copiedIds, identityOf(finding));
      copy.#open.set(key, { finding: copied, ids: copiedIds, pruneAt });
      copy.#all.set(finding.id, copied);
    }
    for (const [id, trend] of this.#trends) copy.#trends.set(id, [...trend]);
    copy.#next = this.#next;
    return copy;
  }

  /** Take one detector's firings at `now`: what it no longer names has ended. */
  update(kind: FindingKind, firings: readonly Firing[], now: Nanoseconds): void {
    const seen = new Set<string>();
    for (const firing of firings) {
      const key = `${kind} ${firing.key}`;
      seen.add(key);
      const known = this.#open.get(key);
      const ids = known?.ids ?? new IdSet();
      if (!firing.namesAll) ids.addAll(firing.endpoints);
      const count = Math.max(known?.finding.count ?? 0, firing.count);
      const finding = booked(firing, ids, {
        id: known?.finding.id ?? `f${this.#next++}`,
        kind,
        since: known?.finding.since ?? firing.since,
        count,
        summary: firing.summary + (firing.count < count ? ` (${count} at the worst)` : ""),
        until: null,
      });
      const entry = { finding, ids, pruneAt: known?.pruneAt ?? FEW_IDS };
      this.#open.set(key, entry);
      this.#all.set(finding.id, finding);
      this.#note(finding.id, firing.count);
      this.#prune(entry);
    }
    for (const [key, { finding, ids }] of this.#open) {
      if (finding.kind !== kind || seen.has(key)) continue;
      this.#open.delete(key);
      this.#all.set(
        finding.id,
        booked(frozen(finding), ids, { ...identityOf(finding), until: now }),
      );
    }
    while (this.#all.size > KEPT) {
      const oldest = this.#all.keys().next().value as string;
      this.#all.delete(oldest);
      this.#trends.delete(oldest);
    }
  }

  /** How many a finding spoke of at each of its last looks, oldest first. */
  trend(id: string): readonly number[] {
    return this.#trends.get(id) ?? [];
  }

  #note(id: string, count: number): void {
    const trend = this.#trends.get(id);
    if (trend === undefined) this.#trends.set(id, [count]);
    else if (trend.push(count) > TREND) trend.shift();
  }

  all(): readonly Finding[] {
    return [...this.#all.values()];
  }

  /** A finding that stays open for days would name every endpoint that there ever was. */
  #prune(entry: Entry): void {
    if (entry.ids.size < entry.pruneAt) return;
    entry.ids.filter(this.#isKnown);
    entry.pruneAt = Math.max(FEW_IDS, entry.ids.size * 2);
  }
}

/** What names all its endpoints itself names those of this moment. */
function frozen(finding: Finding): Firing {
  return finding.namesAll ? { ...finding, endpoints: [...finding.endpoints] } : finding;
}

/** What a firing does not know of itself. */
type Identity = Pick<Finding, "id" | "kind" | "since" | "count" | "summary" | "until">;

function identityOf({ id, kind, since, count, summary, until }: Finding): Identity {
  return { id, kind, since, count, summary, until };
}

/**
 * The ids are listed when somebody asks for them: most findings are only counted, each second, and
 * one of TIME_WAIT that has ended would keep the text of a hundred thousand.
 */
function booked(firing: Firing, ids: IdSet, identity: Identity): Finding {
  const { key, severity, subject, evidence, owner } = firing;
  const namesAll = firing.namesAll === true ? firing : null;
  let listed: readonly string[] | null = null;
  return {
    ...identity,
    key,
    severity,
    subject,
    get endpoints() {
      listed ??= [...(namesAll?.endpoints ?? ids)];
      return listed;
    },
    evidence,
    ...(namesAll !== null && { namesAll: true as const }),
    ...(owner !== undefined && { owner }),
  };
}
