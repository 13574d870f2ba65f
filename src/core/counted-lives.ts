/** Endpoints that the kernel only counted: they stand in the sums, and in no list. */

import { CHANGES_EACH, type CountedGroup, type CountsEvent } from "../event/counts.ts";
import type { TcpState } from "../event/tcp-state.ts";
import type { CoreState } from "./core-state.ts";
import { DurationHistogram } from "./duration-histogram.ts";

/** One place with what was counted there: a local listener, or a remote destination port. */
export type CountedPlace = Omit<CountedGroup, "stays">;

/** A kernel tells a hundred apart; what was put together of many recordings may hold more. */
const MOST_PLACES = 4096;

/** Running counts, by place, role and verdict. */
export class CountedLives {
  readonly #groups = new Map<string, CountedPlace>();
  /** How many there were in all places. */
  total = 0;

  add(place: CountedPlace): void {
    this.total += place.count;
    this.#add(place);
  }

  #add({ netns, side, port, role, verdict, count }: CountedPlace): void {
    const key = `${netns} ${side} ${port} ${role} ${verdict}`;
    const known = this.#groups.get(key);
    if (known !== undefined || this.#groups.size < MOST_PLACES || (netns === 0 && port === 0)) {
      const sum = (known?.count ?? 0) + count;
      this.#groups.set(key, { netns, side, port, role, verdict, count: sum });
    } else this.#add({ netns: 0, side, port: 0, role, verdict, count });
  }

  /** Each place with its count, the largest first. */
  places(): readonly CountedPlace[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count);
  }

  copy(): CountedLives {
    const copy = new CountedLives();
    copy.total = this.total;
    for (const [key, place] of this.#groups) copy.#groups.set(key, place);
    return copy;
  }
}

/** Take in what the kernel counted since it last said. */
export function applyCounts(core: CoreState, { t, groups }: CountsEvent): void {
  // In a sudden flood the kernel counts before it is asked to.
  core.countedUntil = Math.max(core.countedUntil ?? t, t);
  for (const group of groups) {
    core.counted.add(group);
    core.transitions += CHANGES_EACH * group.count;
    for (const [state, stays] of Object.entries(group.stays)) {
      const histogram = histogramOf(core, state as TcpState);
      for (const [atMostNs, count] of stays) histogram.record(atMostNs, count);
    }
  }
}

/** The stays in a state that are over, of all endpoints. */
export function histogramOf(core: CoreState, state: TcpState): DurationHistogram {
  let histogram = core.phases.get(state);
  if (histogram === undefined) {
    histogram = new DurationHistogram();
    core.phases.set(state, histogram);
  }
  return histogram;
}
