/** A leak of CLOSE_WAIT is about to stop its process: the descriptors run out. */

import type { ProcessEvent } from "../../event/trace-event.ts";
import type { CoreState } from "../core-state.ts";
import type { Endpoint } from "../endpoint.ts";
import type { Firing } from "../finding.ts";
import type { Detector } from "./detector.ts";
import { STUCK_SECONDS, stuckStays } from "./stuck-close-wait.ts";
import { counted, percent, reaches, seconds } from "./wording.ts";

const CRITICAL_PERCENT = 95;

/** What one process holds in stuck CLOSE_WAIT. */
interface Leak {
  descriptors: number;
  readonly endpoints: Endpoint[];
}

/**
 * Fires once per process, from `threshold` percent of its descriptor limit on.
 *
 * The count of /proc may be older than the newest leak, so the descriptors known to be stuck are
 * the least that it can be. Those that nobody has accepted have no descriptor yet.
 */
export const descriptorExhaustion: Detector = {
  kind: "descriptor-exhaustion",
  about: "a process with stuck CLOSE_WAIT near its descriptor limit",
  threshold: 80,
  unit: "percent",
  find(core, now, threshold) {
    const firings: Firing[] = [];
    for (const [pid, leak] of leaksOf(core, now)) {
      const holder = core.processes.get(pid);
      if (holder === undefined || holder.fdLimit === null || holder.fdLimit === 0) continue;
      const used = Math.max(holder.fdCount ?? 0, leak.descriptors);
      if (!reaches(used, holder.fdLimit, threshold)) continue;
      firings.push(fire(holder, holder.fdLimit, used, leak, now));
    }
    return firings;
  },
};

/** By process: every holder counts, a child that inherited the descriptors too. */
function leaksOf(core: CoreState, now: number): Map<number, Leak> {
  const leaks = new Map<number, Leak>();
  for (const { endpoint, isOver } of stuckStays(core, now, STUCK_SECONDS)) {
    if (isOver || endpoint.unread === "not-accepted") continue;
    const { holders, owner, ownedAt = now } = endpoint;
    const isThere = (pid: number) => core.processes.get(pid, ownedAt) === core.processes.get(pid);
    if (holders.length === 0 && owner !== null && isThere(owner.pid))
      add(leaks, owner.pid, 1, endpoint);
    for (const { pid, fds } of holders) {
      if (isThere(pid)) add(leaks, pid, Math.max(1, fds.length), endpoint);
    }
  }
  return leaks;
}

function add(leaks: Map<number, Leak>, pid: number, descriptors: number, endpoint: Endpoint): void {
  let leak = leaks.get(pid);
  if (leak === undefined) {
    leak = { descriptors: 0, endpoints: [] };
    leaks.set(pid, leak);
  }
  leak.descriptors += descriptors;
  leak.endpoints.push(endpoint);
}

function fire(holder: ProcessEvent, limit: number, used: number, leak: Leak, now: number): Firing {
  const { pid, comm, fdCount } = holder;
  const share = percent(used, limit);
  const isCounted = fdCount !== null && fdCount >= leak.descriptors;
  return {
    key: String(pid),
    severity: share >= CRITICAL_PERCENT ? "critical" : "warning",
    since: now,
    subject: { pid, comm },
    count: leak.endpoints.length,
    summary: `${comm} (pid ${pid}) has used ${used} of ${limit} descriptors (${share} %) and has ${counted(leak.endpoints.length, "connection")} stuck in CLOSE_WAIT`,
    endpoints: leak.endpoints.map(({ id }) => id),
    evidence: [
      isCounted
        ? `${fdCount} descriptors were open when last counted, ${seconds(now - holder.t)} ago`
        : `at least ${leak.descriptors} descriptors are open: those that are stuck`,
      `${leak.descriptors} of them hold connections in CLOSE_WAIT`,
    ],
  };
}
