/** Closed connections that still wait for their peers take up the room that the kernel has. */

import type { CoreState } from "../core-state.ts";
import type { Endpoint } from "../endpoint.ts";
import type { Firing } from "../finding.ts";
import { moved } from "./counter-evidence.ts";
import type { Detector } from "./detector.ts";
import { groupBy } from "./group-by.ts";
import { counted, percent, reaches } from "./wording.ts";

/** Where an orphan can be a full socket. */
const ORPHAN_STATES = ["FIN_WAIT1", "FIN_WAIT2", "CLOSING", "LAST_ACK"] as const;
const CRITICAL_PERCENT = 90;

/**
 * Fires for orphans, from `threshold` percent of tcp_max_orphans on, and for memory, from so much
 * of the last number of tcp_mem on.
 *
 * Both limits are global, shown in the first network namespace alone, and so are the counts
 * (`net/ipv4/proc.c:sockstat_seq_show`): where the limit is not known, nothing is claimed. Mini-
 * sockets are no orphans to the kernel.
 */
export const orphanPressure: Detector = {
  kind: "orphan-pressure",
  about: "orphans near tcp_max_orphans, or memory near tcp_mem",
  threshold: 50,
  unit: "percent",
  find(core, now, threshold) {
    return [...orphans(core, now, threshold), ...memory(core, now, threshold)];
  },
};

function orphans(core: CoreState, now: number, threshold: number): Firing[] {
  const limit = Number(globalSysctl(core, "net.ipv4.tcp_max_orphans") ?? Number.NaN);
  if (!(limit > 0)) return [];
  const counter = newestCounter(core, "sockstat.orphan");
  const used = counter ?? ownOrphans(core, (limit * threshold) / 100);
  if (!reaches(used, limit, threshold)) return [];
  const share = percent(used, limit);
  const known = orphansOf(core);
  const source = counter === null ? "counted from events" : "the kernel's own count";
  return [
    {
      key: "orphans",
      severity: share >= CRITICAL_PERCENT ? "critical" : "warning",
      since: now,
      subject: { cause: "orphans" },
      count: used,
      summary: `${counted(used, "orphan")} are ${share} % of tcp_max_orphans (${limit})`,
      endpoints: known.map(({ id }) => id),
      evidence: [
        `${source}; ${known.length} of them are traced`,
        ...storyOf(known),
        ...refused(core, now),
      ],
    },
  ];
}

function memory(core: CoreState, now: number, threshold: number): Firing[] {
  const words = (globalSysctl(core, "net.ipv4.tcp_mem") ?? "").trim().split(/\s+/);
  const limit = Number(words[2] ?? Number.NaN);
  const used = newestCounter(core, "sockstat.mem");
  if (words.length !== 3 || !(limit > 0) || used === null) return [];
  if (!reaches(used, limit, threshold)) return [];
  const share = percent(used, limit);
  const known = orphansOf(core);
  return [
    {
      key: "memory",
      severity: share >= CRITICAL_PERCENT ? "critical" : "warning",
      since: now,
      subject: { cause: "memory" },
      count: used,
      summary: `TCP holds ${used} pages of memory, ${share} % of tcp_mem (${limit})`,
      endpoints: known.map(({ id }) => id),
      evidence: [
        `${counted(known.length, "orphan")} are traced; buffers of connections in use count too`,
        ...storyOf(known),
        ...refused(core, now),
      ],
    },
  ];
}

/** Orphans that were one too many, in all namespaces (`net/ipv4/tcp.c:tcp_check_oom`). */
function refused(core: CoreState, now: number): string[] {
  const name = "TCPAbortOnMemory";
  return moved(
    { core, now, netns: core.counterWindow.namespaces(`TcpExt.${name}`), name },
    "so many were ended by RST for want of room",
    "none was ended for want of room",
  );
}

/** What the orphans wait for, and for whom most of them do. */
function storyOf(known: readonly Endpoint[]): string[] {
  if (known.length === 0) return [];
  const states = [...groupBy(known, ({ state }) => state)];
  const silent = known.filter(({ resends }) => resends.length === 0).length;
  const remotes = [...groupBy(known, ({ tuple }) => tuple.remote)];
  remotes.sort((a, b) => b[1].length - a[1].length);
  return [
    states.map(([state, group]) => `${group.length} in ${state}`).join(", "),
    `${known.length - silent} have sent again, ${silent} have not`,
    `most wait for ${remotes
      .slice(0, 3)
      .map(([remote, group]) => `${remote} (${group.length})`)
      .join(", ")}`,
  ];
}

/** A value that a namespace has reported since is newer than the header's, which stands at 0. */
function globalSysctl(core: CoreState, name: string): string | undefined {
  for (const [netns, values] of core.sysctls) {
    if (netns !== 0 && values[name] !== undefined) return values[name];
  }
  return core.sysctls.get(0)?.[name];
}

/** Every namespace shows the same number, each read at its own time: the last one read stands last. */
function newestCounter(core: CoreState, name: string): number | null {
  let newest: number | null = null;
  for (const values of core.counters.values()) newest = values[name] ?? newest;
  return newest;
}

/** The traced orphans, 0 where there are fewer than `least` candidates: then nobody need look. */
function ownOrphans(core: CoreState, least: number): number {
  const { table } = core;
  let candidates = table.inState("TIME_WAIT").size;
  for (const state of ORPHAN_STATES) candidates += table.inState(state).size;
  for (const minis of table.ports.minis().values()) candidates -= minis;
  return candidates < least ? 0 : orphansOf(core).length;
}

function orphansOf(core: CoreState): Endpoint[] {
  const found: Endpoint[] = [];
  for (const state of ORPHAN_STATES) {
    for (const endpoint of core.table.inState(state)) {
      if (endpoint.orphan && !endpoint.isMini) found.push(endpoint);
    }
  }
  return found;
}
