/** FIN_WAIT2 that lasts: the peer has acknowledged our FIN and sends none of its own. */

import { type CoreState, sysctlOf } from "../core-state.ts";
import type { Firing } from "../finding.ts";
import { flowOf } from "../open-flow.ts";
import type { Detector } from "./detector.ts";
import { groupBy } from "./group-by.ts";
import { ownersOf } from "./owners.ts";
import { earliest, type Stay, stays } from "./stays.ts";

/** The kernel's timers run late by up to 4 s, and wait 3.5 RTO at least. */
const LATE_NS = 10e9;

/**
 * Fires once per remote address.
 *
 * One that a process holds has no limit. Of an orphan the kernel takes care, so its wait is no
 * finding until it outlasts the limit: a mini-socket never does, the kernel's timer ends it. Nor
 * is a wait while the peer still sends (see half-close).
 */
export const stuckFinWait2: Detector = {
  kind: "stuck-fin-wait2",
  about: "the peer has not closed its side",
  threshold: 60,
  unit: "seconds",
  find(core, now, seconds) {
    const stuck = stays(core, "FIN_WAIT2", now, seconds).filter(
      (stay) => isBeyondLimit(core, stay) && isQuiet(stay, seconds),
    );
    const byRemote = groupBy(stuck, ({ endpoint }) => endpoint.tuple.remote);
    return [...byRemote].map(([remote, group]) => fire(remote, group));
  },
};

function isBeyondLimit(core: CoreState, { endpoint, since, until, isOver }: Stay): boolean {
  if (!endpoint.orphan) return !endpoint.isMini;
  if (endpoint.isMini || isOver) return false;
  // It may have been held before; the event that made an orphan of it touched it last.
  const orphanSince = Math.max(since, endpoint.touchedAt);
  return until - orphanSince > orphanLimitNs(core, endpoint.tuple.netns) + LATE_NS;
}

/** A full orphan's share of tcp_fin_timeout (`net/ipv4/tcp_input.c:tcp_rcv_state_process`). */
function orphanLimitNs(core: CoreState, netns: number): number {
  const limit = Number(sysctlOf(core, netns, "net.ipv4.tcp_fin_timeout") ?? 60);
  if (!Number.isFinite(limit)) return 60e9;
  return (limit > 60 ? limit - 60 : limit) * 1e9;
}

function isQuiet({ endpoint, until }: Stay, seconds: number): boolean {
  const movedAt = flowOf(endpoint, "FIN_WAIT2")?.movedAt ?? null;
  return movedAt === null || until - movedAt >= seconds * 1e9;
}

function fire(remote: string, group: readonly Stay[]): Firing {
  const endpoints = group.map(({ endpoint }) => endpoint);
  const orphans = endpoints.filter(({ orphan }) => orphan).length;
  const held = group.length - orphans;
  const owners = ownersOf(endpoints.filter(({ orphan }) => !orphan));
  const evidence: string[] = [];
  if (held > 0) {
    evidence.push(`${held} of ${group.length} are held by a process: nothing limits the wait`);
  }
  if (orphans > 0) {
    evidence.push(`${orphans} of ${group.length} are orphans beyond tcp_fin_timeout`);
  }
  if (owners !== null) evidence.push(`held by ${owners}`);
  return {
    key: remote,
    severity: "warning",
    since: earliest(group),
    subject: { remote },
    count: group.length,
    summary: `${group.length} in FIN_WAIT2 towards ${remote}: the peer has acknowledged our FIN and sends none of its own`,
    endpoints: endpoints.map(({ id }) => id),
    evidence,
  };
}
