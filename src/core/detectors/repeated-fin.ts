/** One FIN sent again and again: the other side does not answer. */

import type { Nanoseconds } from "../../event/trace-event.ts";
import type { CoreState } from "../core-state.ts";
import type { Endpoint } from "../endpoint.ts";
import type { Firing } from "../finding.ts";
import { localFin } from "../waves.ts";
import { timeoutEvidence } from "./counter-evidence.ts";
import type { Detector } from "./detector.ts";
import { groupBy } from "./group-by.ts";
import { counted } from "./wording.ts";

const MANY = 10;

/** An endpoint with the number of times that its FIN was sent again. */
interface Trouble {
  readonly endpoint: Endpoint;
  readonly resends: number;
}

/** Fires once per remote address, from `threshold` re-sends of one FIN on. */
export const repeatedFin: Detector = {
  kind: "repeated-fin-retransmit",
  about: "a FIN that is sent again and again",
  threshold: 2,
  unit: "re-sends",
  find(core, now, threshold) {
    const troubles: Trouble[] = [];
    for (const endpoint of core.finTroubled) {
      const resends = finResends(endpoint);
      if (resends >= threshold) troubles.push({ endpoint, resends });
    }
    const byRemote = groupBy(troubles, ({ endpoint }) => endpoint.tuple.remote);
    return [...byRemote].map(([remote, group]) => fire(core, remote, group, now));
  },
};

/** Re-sends of this endpoint's FIN, alone or with data before it. */
export function finResends(endpoint: Endpoint): number {
  let count = 0;
  for (const { kind } of endpoint.resends) if (kind === "FIN" || kind === "DATA+FIN") count++;
  return count;
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

function fire(
  core: CoreState,
  remote: string,
  group: readonly Trouble[],
  now: Nanoseconds,
): Firing {
  let sum = 0;
  let most = 0;
  let first = Number.POSITIVE_INFINITY;
  const lost = new Set<string>();
  for (const { endpoint, resends } of group) {
    sum += resends;
    most = Math.max(most, resends);
    const fin = localFin(endpoint)?.at ?? endpoint.resends[0]?.at ?? endpoint.bornAt;
    first = Math.min(first, fin);
    if (endpoint.lostWave !== null) lost.add(String(endpoint.lostWave));
  }
  return {
    key: remote,
    severity: group.length >= MANY ? "critical" : "warning",
    since: first,
    subject: { remote },
    count: group.length,
    summary: `${remote} does not answer our FIN on ${counted(group.length, "connection")}: ${counted(sum, "re-send")}, up to ${most} of one FIN`,
    endpoints: group.map(({ endpoint }) => endpoint.id),
    evidence: [
      ...(lost.size === 0 ? [] : [`lost: wave ${[...lost].join(", wave ")}`]),
      ...timeoutEvidence(
        core,
        group.map(({ endpoint }) => endpoint),
        now,
      ),
    ],
  };
}
