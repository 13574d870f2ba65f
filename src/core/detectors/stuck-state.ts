/** Closing states that last longer than they should: FIN_WAIT1, LAST_ACK, FIN_WAIT2. */

import type { TcpState } from "../../event/tcp-state.ts";
import type { FindingKind, Firing } from "../finding.ts";
import type { Detector } from "./detector.ts";
import { type Stay, stays } from "./stays.ts";

interface StuckState {
  readonly kind: FindingKind;
  readonly state: TcpState;
  readonly about: string;
  readonly threshold: number;
  readonly because: string;
}

/** A detector for one state, firing once per remote address. */
function stuckState(each: StuckState): Detector {
  return {
    kind: each.kind,
    about: each.about,
    threshold: each.threshold,
    unit: "seconds",
    find(core, now, seconds) {
      const byRemote = new Map<string, Stay[]>();
      for (const stay of stays(core, each.state, now, seconds)) {
        const { remote } = stay.endpoint.tuple;
        const group = byRemote.get(remote);
        if (group === undefined) byRemote.set(remote, [stay]);
        else group.push(stay);
      }
      return [...byRemote].map(([remote, group]) => fire(each, remote, group));
    },
  };
}

function fire(each: StuckState, remote: string, group: readonly Stay[]): Firing {
  const endpoints = group.map((stay) => stay.endpoint);
  const orphans = endpoints.filter((endpoint) => endpoint.orphan).length;
  const unsent = endpoints.filter((endpoint) => endpoint.resends.length === 0).length;
  const isFinOurs = each.state !== "FIN_WAIT2";
  return {
    key: remote,
    severity: "warning",
    since: group.reduce((first, stay) => Math.min(first, stay.since), Number.POSITIVE_INFINITY),
    subject: { remote },
    count: endpoints.length,
    summary: `${endpoints.length} in ${each.state} towards ${remote}: ${each.because}`,
    endpoints: endpoints.map((endpoint) => endpoint.id),
    evidence: [
      `${orphans} of ${endpoints.length} are orphans`,
      ...(isFinOurs && unsent > 0
        ? [
            `${unsent} of ${endpoints.length} never re-sent the FIN: it waits behind a zero window or is dropped on this host`,
          ]
        : []),
    ],
  };
}

export const stuckFinWait1 = stuckState({
  kind: "stuck-fin-wait1",
  state: "FIN_WAIT1",
  about: "our FIN is not acknowledged",
  threshold: 5,
  because: "the ACK of our FIN does not come",
});

export const stuckLastAck = stuckState({
  kind: "stuck-last-ack",
  state: "LAST_ACK",
  about: "our answer to the peer's FIN is not acknowledged",
  threshold: 5,
  because: "the ACK of our FIN does not come",
});

export const stuckFinWait2 = stuckState({
  kind: "stuck-fin-wait2",
  state: "FIN_WAIT2",
  about: "the peer has not closed its side",
  threshold: 60,
  because: "the peer has acknowledged our FIN and sends none of its own",
});
