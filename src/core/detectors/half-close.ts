/** One direction is shut and the other still carries data: meant, more often than not. */

import { formatEndpoint } from "../../event/tuple.ts";
import type { Endpoint } from "../endpoint.ts";
import type { Firing } from "../finding.ts";
import { flowOf, type OpenFlow } from "../open-flow.ts";
import type { Detector } from "./detector.ts";
import { groupBy } from "./group-by.ts";
import { earliest, type Stay, stays } from "./stays.ts";
import { counted, seconds as inSeconds } from "./wording.ts";

/**
 * Fires once per remote address and owner, where data moved after half of the time and within
 * the last `threshold` seconds.
 *
 * That data moves is known from the byte counts of the socket table alone; where those were not
 * read, nothing is claimed. Of a connection whose two ends are on this host the end that shut
 * its direction speaks for both.
 */
export const halfClose: Detector = {
  kind: "half-close",
  about: "one direction is shut, the other still carries data",
  threshold: 60,
  unit: "seconds",
  find(core, now, seconds) {
    const shutHere = stays(core, "FIN_WAIT2", now, seconds).filter(
      ({ endpoint, isOver }) => !endpoint.isMini && !endpoint.orphan && !isOver,
    );
    const shutThere = stays(core, "CLOSE_WAIT", now, seconds).filter(({ isOver }) => !isOver);
    const open = [...shutHere, ...shutThere].filter((stay) => isFlowing(stay, seconds));
    const speaking = new Set(open.map(({ endpoint }) => endpoint));
    const firsts = open.filter(({ endpoint }) => !isSpokenFor(endpoint, speaking));
    const groups = groupBy(firsts, ({ endpoint }) => keyOf(endpoint));
    return [...groups].map(([key, group]) => fire(key, group, now));
  },
};

function isFlowing({ endpoint, since, until }: Stay, seconds: number): boolean {
  const movedAt = flowOf(endpoint, endpoint.state)?.movedAt ?? null;
  if (movedAt === null) return false;
  return movedAt - since >= (seconds / 2) * 1e9 && until - movedAt < seconds * 1e9;
}

function isSpokenFor(endpoint: Endpoint, speaking: ReadonlySet<Endpoint>): boolean {
  const { state, peer } = endpoint;
  return state === "CLOSE_WAIT" && peer !== null && speaking.has(peer);
}

function keyOf({ state, tuple, owner }: Endpoint): string {
  return `${state} ${tuple.netns} ${tuple.remote} ${owner?.pid ?? ""}`;
}

function fire(key: string, group: readonly Stay[], now: number): Firing {
  const first = (group[0] as Stay).endpoint;
  const { tuple, owner } = first;
  const isOne = group.length === 1;
  const endpoints = group.map(({ endpoint }) => endpoint);
  const who = owner === null ? "an unknown process" : `${owner.comm} (pid ${owner.pid})`;
  const remote = isOne ? formatEndpoint(tuple.remote, tuple.remotePort) : tuple.remote;
  const what =
    first.state === "FIN_WAIT2"
      ? `${who} has shut its sending side and still receives from ${remote}`
      : `${remote} has shut its sending side and ${who} still sends to it`;
  return {
    key,
    severity: "info",
    since: earliest(group),
    subject: {
      ...(owner !== null && { pid: owner.pid, comm: owner.comm }),
      ...(isOne && { local: formatEndpoint(tuple.local, tuple.localPort) }),
      remote,
    },
    count: group.length,
    summary: `${what}: ${counted(group.length, "half-closed connection")} for ${inSeconds(now - earliest(group))}`,
    endpoints: [...new Set(endpoints.flatMap((endpoint) => bothEnds(endpoint)))].map(
      ({ id }) => id,
    ),
    evidence: evidenceOf(endpoints),
  };
}

function bothEnds(endpoint: Endpoint): Endpoint[] {
  const { peer, state } = endpoint;
  return state === "FIN_WAIT2" && peer?.state === "CLOSE_WAIT" ? [endpoint, peer] : [endpoint];
}

function evidenceOf(endpoints: readonly Endpoint[]): string[] {
  const flows = endpoints.map((endpoint) => flowOf(endpoint, endpoint.state) as OpenFlow);
  const bytes = flows.reduce((sum, flow) => sum + flow.carried, 0);
  const moves = flows.reduce((most, flow) => Math.max(most, flow.moves), 0);
  return [
    `${counted(bytes, "byte")} were carried since the other direction was shut, as ${counted(moves, "reading")} of the socket table saw`,
  ];
}
