/** What the kernel only counted: teardowns that ran their course, by the second. */

import type { TcpState } from "./tcp-state.ts";
import type { Nanoseconds } from "./trace-event.ts";

/** How many stayed that long in a state: at most so many nanoseconds, and how many of them. */
export type CountedStay = readonly [atMostNs: Nanoseconds, count: number];

/**
 * Teardowns that came to the same end in the same place.
 *
 * `side` is whether this end was accepted (`in`, and `port` is the local listener's) or connected
 * (`out`, and `port` is the remote destination's). Beyond the first hundred places `netns` and
 * `port` are 0: all others.
 */
export interface CountedGroup {
  readonly netns: number;
  readonly side: "in" | "out";
  readonly port: number;
  readonly role: "active" | "passive" | "simultaneous";
  readonly verdict: "graceful";
  readonly count: number;
  /**
   * Stays in each state, in steps of an eighth of a power of two: `atMostNs` is the step's upper
   * edge, so a stay may have been an eighth shorter, or a microsecond.
   */
  readonly stays: Readonly<Partial<Record<TcpState, readonly CountedStay[]>>>;
}

/**
 * What was counted since the event of this type before it (`probes/counts.bt`).
 *
 * Each of these endpoints was opened, torn down and gone within half a second, and no other event
 * speaks of it.
 */
export interface CountsEvent {
  readonly type: "counts";
  readonly t: Nanoseconds;
  readonly groups: readonly CountedGroup[];
}

/** Changes of state in the life of one that was counted: opened, established, closing, closing, gone. */
export const CHANGES_EACH = 5;

/** The same with nothing in it that this program does not know. */
export function plainGroup(group: CountedGroup): CountedGroup {
  const { netns, side, port, role, verdict, count } = group;
  const stays = Object.entries(group.stays).map(([state, list]) => [
    state,
    list.map(([atMostNs, many]) => [atMostNs, many]),
  ]);
  return { netns, side, port, role, verdict, count, stays: Object.fromEntries(stays) };
}
