/** How far the kernel's counters have moved in the last minute. */

import type { Nanoseconds } from "../event/trace-event.ts";

/** As long as the detector of resets looks back. */
export const COUNTER_WINDOW_NS = 60e9;

interface Sample {
  readonly at: Nanoseconds;
  readonly value: number;
}

/** What a counter rose by since a moment: a minute ago, or when it was first read. */
export interface Rise {
  readonly by: number;
  readonly from: Nanoseconds;
}

/** Every reading of the last minute, and of each counter the one before. */
export class CounterWindow {
  readonly #samples = new Map<string, readonly Sample[]>();

  copy(): CounterWindow {
    const copy = new CounterWindow();
    for (const [name, samples] of this.#samples) copy.#samples.set(name, samples);
    return copy;
  }

  /** Take readings: absolute values, of those counters that have changed. */
  note(at: Nanoseconds, netns: number, counters: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(counters)) {
      const key = `${netns} ${name}`;
      const known = this.#samples.get(key) ?? [];
      // A counter never falls: another namespace has got the number.
      const isAnother = value < (known.at(-1)?.value ?? 0);
      const first = known.findLastIndex((each) => each.at <= at - COUNTER_WINDOW_NS);
      const kept = isAnother ? [] : known.slice(Math.max(0, first));
      this.#samples.set(key, [...kept, { at, value }]);
    }
  }

  /** The rise in some namespaces together; null where one of them was never read. */
  rise(netns: Iterable<number>, name: string, now: Nanoseconds): Rise | null {
    let by = 0;
    let from = now - COUNTER_WINDOW_NS;
    let isRead = false;
    for (const each of netns) {
      const samples = this.#samples.get(`${each} ${name}`);
      const [first] = samples ?? [];
      const last = samples?.at(-1);
      if (samples === undefined || first === undefined || last === undefined) return null;
      const base = samples.findLast(({ at }) => at <= now - COUNTER_WINDOW_NS) ?? first;
      by += last.value - base.value;
      from = Math.max(from, base.at);
      isRead = true;
    }
    return isRead ? { by, from } : null;
  }

  /** The namespaces in which it was read. */
  namespaces(name: string): number[] {
    return [...this.#samples.keys()].flatMap((key) => {
      const [netns, known] = key.split(" ");
      return known === name ? [Number(netns)] : [];
    });
  }
}
