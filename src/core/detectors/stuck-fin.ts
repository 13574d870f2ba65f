/** Our FIN stays without its ACK: FIN_WAIT1 and LAST_ACK that last. */

import type { TcpState } from "../../event/tcp-state.ts";
import type { Endpoint } from "../endpoint.ts";
import type { FindingKind, Firing } from "../finding.ts";
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
      return [...byRemote].map(([remote, group]) => fire(each.state, remote, group));
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

function fire(state: TcpState, remote: string, group: readonly Stay[]): Firing {
  return {
    key: remote,
    severity: "warning",
    since: earliest(group),
    subject: { remote },
    count: group.length,
    summary: `${group.length} in ${state} towards ${remote}: the ACK of our FIN does not come`,
    endpoints: group.map(({ endpoint }) => endpoint.id),
    evidence: evidenceOf(group),
  };
}

/**
 * What keeps each of them, as far as its socket told.
 *
 * A FIN that is on its way and lost is sent again. One that was never sent again either waits
 * behind the peer's window, which was full when it was queued, or is dropped on this host before
 * it is sent; both run the persist timer.
 */
function evidenceOf(group: readonly Stay[]): string[] {
  const of = `of ${group.length}`;
  let orphans = 0;
  let resent = 0;
  let full = 0;
  let open = 0;
  let unknown = 0;
  for (const { endpoint, since } of group) {
    if (endpoint.orphan) orphans++;
    if (hasResent(endpoint, since)) resent++;
    else if (endpoint.finHasRoom === undefined) unknown++;
    else if (endpoint.finHasRoom) open++;
    else full++;
  }
  const lines = [`${orphans} ${of} are orphans`];
  if (resent > 0) lines.push(`${resent} ${of} send again and get no answer`);
  if (full > 0) {
    lines.push(
      `${full} ${of} never re-sent the FIN: it waits behind data that the peer's window had no room for (zero window, or slow reading)`,
    );
  }
  if (open > 0) {
    lines.push(
      `${open} ${of} never re-sent the FIN though the window had room: most likely it is dropped on this host`,
    );
  }
  if (unknown > 0) {
    lines.push(
      `${unknown} ${of} never re-sent the FIN: it waits behind a zero window or is dropped on this host`,
    );
  }
  return lines;
}

/** Data that was sent again before the FIN says nothing of the FIN. */
function hasResent({ resends }: Endpoint, since: number): boolean {
  return resends.some((resend) => resend.at >= since);
}
