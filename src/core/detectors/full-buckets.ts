/** Namespaces whose table of mini-sockets is near tcp_max_tw_buckets. */

import type { Nanoseconds } from "../../event/trace-event.ts";
import { formatEndpoint } from "../../event/tuple.ts";
import { type CoreState, sysctlOf } from "../core-state.ts";
import type { Endpoint } from "../endpoint.ts";
import type { Firing, Subject } from "../finding.ts";
import { moved } from "./counter-evidence.ts";
import { Waiting } from "./waiting.ts";
import { percent, reaches, seconds } from "./wording.ts";

const CRITICAL_PERCENT = 90;
const NAMED = 3;

/** An overflow is spoken of for so long. */
const RECENT_NS = 60e9;

/**
 * A firing for each namespace at `threshold` percent of its limit, or over it within a minute.
 *
 * The kernel's own count (`sockstat.tw`) decides where it was read: of a full table it does not
 * grow, while events alone would go on to tell of mini-sockets that were never made.
 */
export function fullBuckets(core: CoreState, now: Nanoseconds, threshold: number): Firing[] {
  const firings: Firing[] = [];
  const traced = core.table.ports.minis();
  for (const netns of new Set([...traced.keys(), ...core.counters.keys()])) {
    const limit = Number(sysctlOf(core, netns, "net.ipv4.tcp_max_tw_buckets") ?? Number.NaN);
    if (!(limit >= 0)) continue;
    const used = core.counters.get(netns)?.["sockstat.tw"] ?? traced.get(netns) ?? 0;
    const overflowAt = core.overflows.get(netns) ?? null;
    const overflowNs = overflowAt === null ? null : now - overflowAt;
    const isOver = overflowNs !== null && overflowNs < RECENT_NS;
    if (!isOver && (limit === 0 || !reaches(used, limit, threshold))) continue;
    firings.push(fire(core, { netns, used, limit, overflowNs: isOver ? overflowNs : null }, now));
  }
  return firings;
}

/** A table of mini-sockets and how full it is. */
interface Table {
  readonly netns: number;
  readonly used: number;
  readonly limit: number;
  /** How long ago an entry was not made for want of room; null for not within a minute. */
  readonly overflowNs: number | null;
}

function fire(core: CoreState, table: Table, now: Nanoseconds): Firing {
  const { netns, used, limit, overflowNs } = table;
  const waiting = minisOf(core, netns);
  const shares = waiting.shares();
  const named = shares
    .slice(0, NAMED)
    .map(({ first, count }) => `${placeOf(core, first)}: ${count}`);
  const isCritical = overflowNs !== null || reaches(used, limit, CRITICAL_PERCENT);
  return {
    key: `tw-buckets ${netns}`,
    severity: isCritical ? "critical" : "warning",
    since: now,
    subject: { ...subjectOf(core, shares[0]?.first), cause: "tw-buckets" },
    count: Math.max(1, used),
    summary: summaryOf(table),
    endpoints: waiting.ids,
    evidence: [
      ...(named.length === 0 ? [] : [`most are closed by ${named.join(", ")}`]),
      ...(waiting.count === 0 ? ["none of them is traced"] : waiting.closers()),
      ...(overflowNs === null
        ? moved(
            { core, now, netns: [netns], name: "TCPTimeWaitOverflow" },
            "",
            "each that was due has been made so far",
          )
        : [`the table overflowed ${seconds(overflowNs)} ago (TCPTimeWaitOverflow rose)`]),
    ],
  };
}

/** An overflow is told though the table has emptied since, or the limit was raised. */
function summaryOf({ used, limit, overflowNs }: Table): string {
  if (overflowNs !== null && limit > 0 && !reaches(used, limit, CRITICAL_PERCENT)) {
    return `the table of mini-sockets was full within the last minute: ${used} now, tcp_max_tw_buckets is ${limit}, and above it the kernel makes none`;
  }
  const part = limit === 0 ? "" : ` are ${percent(used, limit)} % of what there is room for`;
  return `${used} mini-sockets${part}: tcp_max_tw_buckets is ${limit}, and above it the kernel makes none`;
}

function minisOf(core: CoreState, netns: number): Waiting {
  const found = new Waiting();
  for (const state of ["TIME_WAIT", "FIN_WAIT2"] as const) {
    for (const endpoint of core.table.inState(state)) {
      if (endpoint.isMini && endpoint.netns === netns) found.add(endpoint);
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
