/** Our FIN stays without its ACK: FIN_WAIT1 and LAST_ACK that last. */

import type { TcpState } from "../../event/tcp-state.ts";
import type { Nanoseconds } from "../../event/trace-event.ts";
import type { CoreState } from "../core-state.ts";
import { type FinHold, finHold, hasResentSince } from "../fin-hold.ts";
import type { FindingKind, Firing } from "../finding.ts";
import { timeoutEvidence } from "./counter-evidence.ts";
import type { Detector } from "./detector.ts";
import { groupBy } from "./group-by.ts";
import { earliest, type Stay, stays } from "./stays.ts";

interface StuckFin {
  readonly kind: FindingKind;
  readonly state: TcpState;
  readonly about: string;
}

/** A detector for one of the two states, firing once per remote address. */
function stuckFin(each: StuckFin): Detector {
  return {
    kind: each.kind,
    about: each.about,
    threshold: 5,
    unit: "seconds",
    find(core, now, seconds) {
      const stuck = stays(core, each.state, now, seconds);
      const byRemote = groupBy(stuck, ({ endpoint }) => endpoint.tuple.remote);
      return [...byRemote].map(([remote, group]) => fire(core, each.state, remote, group, now));
    },
  };
}

export const stuckFinWait1 = stuckFin({
  kind: "stuck-fin-wait1",
  state: "FIN_WAIT1",
  about: "our FIN is not acknowledged",
});

export const stuckLastAck = stuckFin({
  kind: "stuck-last-ack",
  state: "LAST_ACK",
  about: "our answer to the peer's FIN is not acknowledged",
});

function fire(
  core: CoreState,
  state: TcpState,
  remote: string,
  group: readonly Stay[],
  now: Nanoseconds,
): Firing {
  return {
    key: remote,
    severity: "warning",
    since: earliest(group),
    subject: { remote },
    count: group.length,
    summary: `${group.length} in ${state} towards ${remote}: the ACK of our FIN does not come`,
    endpoints: group.map(({ endpoint }) => endpoint.id),
    evidence: [
      ...evidenceOf(group),
      ...timeoutEvidence(
        core,
        group.map(({ endpoint }) => endpoint),
        now,
      ),
    ],
  };
}

/** What is said of FINs that were never sent again, in this order. */
const HOLDS: readonly (readonly [FinHold, string])[] = [
  [
    "window",
    "never re-sent the FIN: it waits behind data that the peer's window has no room for (zero window, or slow reading)",
  ],
  ["here", "never re-sent the FIN though the window has room: it is dropped on this host"],
  ["unsent", "never re-sent the FIN: it waits behind a zero window or is dropped on this host"],
  ["sent", "have sent the FIN once and wait for its ACK or the first timeout"],
];

/**
 * What keeps each of them, as far as its socket told.
 *
 * A FIN that is on its way and lost is sent again. One that was never sent again either waits
 * behind the peer's window or is dropped on this host before it is sent; both run the persist
 * timer, which the socket table tells, with the window of that moment.
 */
function evidenceOf(group: readonly Stay[]): string[] {
  const of = `of ${group.length}`;
  let orphans = 0;
  let resent = 0;
  const held = new Map<FinHold, number>();
  for (const { endpoint, since } of group) {
    if (endpoint.orphan) orphans++;
    if (hasResentSince(endpoint, since)) resent++;
    else held.set(finHold(endpoint), (held.get(finHold(endpoint)) ?? 0) + 1);
  }
  const lines = [`${orphans} ${of} are orphans`];
  if (resent > 0) lines.push(`${resent} ${of} send again and get no answer`);
  for (const [hold, text] of HOLDS) {
    const count = held.get(hold) ?? 0;
    if (count > 0) lines.push(`${count} ${of} ${text}`);
  }
  return lines;
}
