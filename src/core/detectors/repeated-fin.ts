/** One FIN sent again and again: the other side does not answer. */

import type { Endpoint } from "../endpoint.ts";
import type { Firing } from "../finding.ts";
import { localFin } from "../waves.ts";
import type { Detector } from "./detector.ts";

/** Fires once per remote address, from `threshold` re-sends of one FIN on. */
export const repeatedFin: Detector = {
  kind: "repeated-fin-retransmit",
  about: "a FIN that is sent again and again",
  threshold: 2,
  unit: "re-sends",
  find(core, _now, threshold) {
    const byRemote = new Map<string, Endpoint[]>();
    for (const endpoint of core.finTroubled) {
      if (finResends(endpoint) < threshold) continue;
      const group = byRemote.get(endpoint.tuple.remote);
      if (group === undefined) byRemote.set(endpoint.tuple.remote, [endpoint]);
      else group.push(endpoint);
    }
    return [...byRemote].map(([remote, endpoints]) => fire(remote, endpoints));
  },
};

/** Re-sends of this endpoint's FIN, alone or with data before it. */
export function finResends(endpoint: Endpoint): number {
  return endpoint.resends.filter((each) => each.kind === "FIN" || each.kind === "DATA+FIN").length;
}

/** Whether its FIN is still without an answer. */
export function isFinUnanswered(endpoint: Endpoint): boolean {
  return (
    endpoint.endedAt === null &&
    (endpoint.state === "FIN_WAIT1" ||
      endpoint.state === "CLOSING" ||
      endpoint.state === "LAST_ACK")
  );
}

function fire(remote: string, endpoints: readonly Endpoint[]): Firing {
  const resends = endpoints.reduce((sum, each) => sum + finResends(each), 0);
  const most = Math.max(...endpoints.map(finResends));
  const first = Math.min(
    ...endpoints.map((each) => localFin(each)?.at ?? each.resends[0]?.at ?? each.bornAt),
  );
  const lost = new Set(endpoints.map((each) => each.lostWave).filter((each) => each !== null));
  return {
    key: remote,
    severity: endpoints.length >= 10 ? "critical" : "warning",
    since: first,
    subject: { remote },
    count: endpoints.length,
    summary: `${remote} does not answer our FIN on ${endpoints.length} connection${
      endpoints.length === 1 ? "" : "s"
    }: ${resends} re-sends, up to ${most} of one FIN`,
    endpoints: endpoints.map((each) => each.id),
    evidence: lost.size === 0 ? [] : [`lost: wave ${[...lost].join(", wave ")}`],
  };
}
