/** The stretches of time in which events are known to be missing. */

import type { GapCause, GapEvent, Nanoseconds } from "../event/trace-event.ts";

/** What the gaps of one cause add up to. */
export interface GapSum {
  readonly cause: GapCause;
  /** How many events, of those gaps that say so. */
  readonly events: number;
  /** How long all of them together. */
  readonly ns: Nanoseconds;
}

/** One stretch; overlapping ones are merged. */
interface Stretch {
  from: Nanoseconds;
  to: Nanoseconds;
}

const LIMIT = 10_000;

/**
 * Gaps in order of time, merged where they touch.
 *
 * Endpoints are not marked one by one: whether a life overlaps a gap is asked by binary
 * search, so a gap costs the same with a million endpoints alive.
 */
export class GapList {
  readonly #stretches: Stretch[] = [];
  readonly #sums = new Map<GapCause, GapSum>();
  #count = 0;

  copy(): GapList {
    const copy = new GapList();
    copy.#count = this.#count;
    for (const [cause, sum] of this.#sums) copy.#sums.set(cause, sum);
    copy.#stretches.push(...this.#stretches.map((each) => ({ ...each })));
    return copy;
  }

  get count(): number {
    return this.#count;
  }

  /** By cause, in the order in which each came first. */
  sums(): readonly GapSum[] {
    return [...this.#sums.values()];
  }

  add(gap: GapEvent): void {
    this.#count++;
    const from = Math.min(gap.from, gap.t);
    const to = Math.max(gap.from, gap.t);
    this.#sum(gap, to - from);
    const last = this.#stretches.at(-1);
    if (last !== undefined && (from <= last.to || this.#stretches.length >= LIMIT)) {
      last.from = Math.min(last.from, from);
      last.to = Math.max(last.to, to);
      this.#mergeBack(last);
      return;
    }
    this.#stretches.push({ from, to });
  }

  #sum({ cause, count }: GapEvent, lasted: Nanoseconds): void {
    const { events, ns } = this.#sums.get(cause) ?? { events: 0, ns: 0 };
    this.#sums.set(cause, { cause, events: events + (count ?? 0), ns: ns + lasted });
  }

  /** CPUs tell of their gaps in any order, and an idle one's may reach back over many. */
  #mergeBack(last: Stretch): void {
    const stretches = this.#stretches;
    for (;;) {
      const before = stretches.at(-2);
      if (before === undefined || before.to < last.from) return;
      last.from = Math.min(last.from, before.from);
      stretches.splice(-2, 1);
    }
  }

  /** Whether any gap overlaps the time from `from` to `to`, ends included. */
  overlaps(from: Nanoseconds, to: Nanoseconds): boolean {
    let low = 0;
    let high = this.#stretches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#stretches[middle] as Stretch).to < from) low = middle + 1;
      else high = middle;
    }
    const stretch = this.#stretches[low];
    return stretch !== undefined && stretch.from <= to;
  }

  first(): Readonly<Stretch> | undefined {
    return this.#stretches[0];
  }

  /** Newest first. */
  recent(limit: number): readonly Readonly<Stretch>[] {
    return this.#stretches.slice(-limit).reverse();
  }
}
