/** What the kernel's own counters say of a finding: that it is so, or that it is not. */

import type { Nanoseconds } from "../../event/trace-event.ts";
import type { CoreState } from "../core-state.ts";
import type { Rise } from "../counter-window.ts";
import type { Endpoint, Resend } from "../endpoint.ts";
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

/** What was seen to happen, and how often at least the counter must have risen with it. */
interface Seen {
  readonly all: number;
  readonly atLeast: number;
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
  const all = Math.floor(countIn(counted, rise, times) * weight);
  return held(counted, rise, { all, atLeast: all });
}

/** How many of these the counter can have in it, at both of its readings. */
function countIn({ now }: Counted, { from }: Rise, times: Iterable<Nanoseconds>): number {
  let seen = 0;
  for (const at of times) if (at > from + LATE_NS && at < now - LATE_NS) seen++;
  return seen;
}

function held(counted: Counted, rise: Rise, { all, atLeast }: Seen): string[] {
  if (all === 0) return [];
  const said = (seen: number) =>
    `${counted.name} rose by ${rise.by} ${inTime(counted, rise)}, ${seen} seen`;
  if (rise.by < atLeast) return [`contradicted by the kernel's count: ${said(atLeast)}`];
  return rise.by < all ? [] : [`the kernel counts them too: ${said(all)}`];
}

/**
 * Whether the kernel's timers ran out as often as these were sent again.
 *
 * Sent again without being counted is what a process still holds when the peer shrinks its window
 * to nothing (`net/ipv4/tcp_timer.c:tcp_retransmit_timer`), so only of orphans a count that is too
 * low says anything.
 */
export function timeoutEvidence(
  core: CoreState,
  endpoints: readonly Endpoint[],
  now: Nanoseconds,
): string[] {
  const netns = new Set(endpoints.map(({ tuple }) => tuple.netns));
  const counted = { core, now, netns, name: "TCPTimeouts" };
  const resends = endpoints.flatMap((each) => each.resends.filter(({ cause }) => cause === "RTO"));
  return [
    ...timeoutsHeld(counted, resends),
    ...moved(
      { core, now, netns, name: "TCPRetransFail" },
      "so many segments could not leave this host when they were sent again",
      "",
    ),
  ];
}

function timeoutsHeld(counted: Counted, resends: readonly Resend[]): string[] {
  const rise = riseOf(counted);
  if (rise === null) return [];
  const timesOf = (some: readonly Resend[]) => some.map(({ at }) => at);
  const all = countIn(counted, rise, timesOf(resends));
  const atLeast = countIn(counted, rise, timesOf(resends.filter(({ orphan }) => orphan)));
  return held(counted, rise, { all, atLeast });
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
