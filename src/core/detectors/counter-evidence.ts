/** What the kernel's own counters say of a finding: that it is so, or that it is not. */

import type { Nanoseconds } from "../../event/trace-event.ts";
import type { CoreState } from "../core-state.ts";
import type { Rise } from "../counter-window.ts";
import type { Endpoint } from "../endpoint.ts";
import { lasting } from "./wording.ts";

/** A counter is read once a second: what is younger than this may not be in it yet. */
const LATE_NS = 3e9;

/** A counter of some namespaces, by its name in /proc/net/netstat. */
export interface Counted {
  readonly core: CoreState;
  readonly now: Nanoseconds;
  readonly netns: Iterable<number>;
  readonly name: string;
}

function riseOf({ core, now, netns, name }: Counted): Rise | null {
  return core.counterWindow.rise(netns, `TcpExt.${name}`, now);
}

function inTime({ now }: Counted, { from }: Rise): string {
  return `in ${lasting(now - from)}`;
}

/**
 * Hold what was seen against a counter that must have risen with each.
 *
 * It counts the whole namespace, so a higher rise is no contradiction; a lower one is.
 *
 * @param times when each was seen to happen
 */
export function countedToo(counted: Counted, times: Iterable<Nanoseconds>, weight = 1): string[] {
  const rise = riseOf(counted);
  if (rise === null) return [];
  let seen = 0;
  for (const at of times) {
    if (at > rise.from + LATE_NS && at < counted.now - LATE_NS) seen++;
  }
  const least = Math.floor(seen * weight);
  if (least === 0) return [];
  const said = `${counted.name} rose by ${rise.by} ${inTime(counted, rise)}, ${least} seen`;
  return rise.by < least
    ? [`contradicted by the kernel's count: ${said}`]
    : [`the kernel counts them too: ${said}`];
}

/** Whether the kernel's timers ran out as often as these were sent again. */
export function timeoutEvidence(
  core: CoreState,
  endpoints: readonly Endpoint[],
  now: Nanoseconds,
): string[] {
  const netns = new Set(endpoints.map(({ tuple }) => tuple.netns));
  const times = endpoints.flatMap(({ resends }) =>
    resends.filter(({ cause }) => cause === "RTO").map(({ at }) => at),
  );
  return [
    ...countedToo({ core, now, netns, name: "TCPTimeouts" }, times),
    ...moved(
      { core, now, netns, name: "TCPRetransFail" },
      "so many segments could not leave this host when they were sent again",
      "",
    ),
  ];
}

/** Say what it means that a counter rose, and that it did not; empty says nothing. */
export function moved(counted: Counted, rose: string, stood: string): string[] {
  const rise = riseOf(counted);
  if (rise === null) return [];
  const time = inTime(counted, rise);
  if (rise.by > 0)
    return rose === "" ? [] : [`${counted.name} rose by ${rise.by} ${time}: ${rose}`];
  return stood === "" ? [] : [`${counted.name} did not rise ${time}: ${stood}`];
}
