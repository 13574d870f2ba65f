/** Namespaces whose table of mini-sockets is near tcp_max_tw_buckets. */

import type { Nanoseconds } from "../../event/trace-event.ts";
import { formatEndpoint } from "../../event/tuple.ts";
import { type CoreState, sysctlOf } from "../core-state.ts";
import type { Endpoint } from "../endpoint.ts";
import type { Firing, Subject } from "../finding.ts";
import { Waiting } from "./waiting.ts";
import { percent, reaches, seconds } from "./wording.ts";

const CRITICAL_PERCENT = 90;
const NAMED = 3;

/**
 * A firing for each namespace at `threshold` percent of its limit.
 *
 * The kernel's own count (`sockstat.tw`) decides where it was read: of a full table it does not
 * grow, while events alone would go on to tell of mini-sockets that were never made.
 */
export function fullBuckets(core: CoreState, now: Nanoseconds, threshold: number): Firing[] {
  const firings: Firing[] = [];
  const traced = core.table.ports.minis();
  for (const netns of new Set([...traced.keys(), ...core.counters.keys()])) {
    const limit = Number(sysctlOf(core, netns, "net.ipv4.tcp_max_tw_buckets") ?? Number.NaN);
    if (!(limit > 0)) continue;
    const used = core.counters.get(netns)?.["sockstat.tw"] ?? traced.get(netns) ?? 0;
    if (!reaches(used, limit, threshold)) continue;
    firings.push(fire(core, netns, used, limit, now));
  }
  return firings;
}

function fire(
  core: CoreState,
  netns: number,
  used: number,
  limit: number,
  now: Nanoseconds,
): Firing {
  const waiting = minisOf(core, netns);
  const shares = waiting.shares();
  const named = shares
    .slice(0, NAMED)
    .map(({ first, count }) => `${placeOf(core, first)}: ${count}`);
  const share = percent(used, limit);
  const overflowAt = core.overflows.get(netns);
  return {
    key: `tw-buckets ${netns}`,
    severity: share >= CRITICAL_PERCENT || overflowAt !== undefined ? "critical" : "warning",
    since: now,
    subject: { ...subjectOf(core, shares[0]?.first), cause: "tw-buckets" },
    count: used,
    summary: `${used} mini-sockets are ${share} % of tcp_max_tw_buckets (${limit}); above it the kernel makes no more`,
    endpoints: waiting.ids,
    evidence: [
      ...(named.length === 0 ? [] : [`most are closed by ${named.join(", ")}`]),
      ...(waiting.count === 0 ? ["none of them is traced"] : waiting.closers()),
      ...(overflowAt === undefined
        ? []
        : [`the table overflowed ${seconds(now - overflowAt)} ago (TCPTimeWaitOverflow rose)`]),
    ],
  };
}

function minisOf(core: CoreState, netns: number): Waiting {
  const found = new Waiting();
  for (const state of ["TIME_WAIT", "FIN_WAIT2"] as const) {
    for (const endpoint of core.table.inState(state)) {
      if (endpoint.isMini && endpoint.tuple.netns === netns) found.add(endpoint);
    }
  }
  return found;
}

function subjectOf(core: CoreState, first: Endpoint | undefined): Subject {
  if (first === undefined) return {};
  const { tuple } = first;
  if (first.ports) {
    return { local: tuple.local, remote: formatEndpoint(tuple.remote, tuple.remotePort) };
  }
  const listener = core.listeners.of(tuple);
  const local = formatEndpoint(listener?.local ?? tuple.local, tuple.localPort);
  if (listener === undefined || listener.pid === null) return { listener: local };
  return { listener: local, pid: listener.pid, comm: listener.comm ?? "" };
}

function placeOf(core: CoreState, first: Endpoint): string {
  const { listener, comm, remote } = subjectOf(core, first);
  if (listener === undefined) return `connections towards ${remote ?? "?"}`;
  return comm === undefined ? `listener ${listener}` : `listener ${listener} (${comm})`;
}
