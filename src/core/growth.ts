/** How fast the connections of one owner pile up, by listener and by peer. */

import type { Nanoseconds, ProcessEvent } from "../event/trace-event.ts";
import { formatEndpoint } from "../event/tuple.ts";
import type { Endpoint } from "./endpoint.ts";
import type { DescriptorUse, Growth, Share } from "./owner-facts.ts";

const WINDOW_NS = 60e9;
/** A shorter time says nothing of a rate. */
const LEAST_NS = 5e9;
const SHARES = 3;

/** A connection that waits, and since when. */
interface Waiting {
  readonly endpoint: Endpoint;
  readonly since: Nanoseconds;
}

/**
 * Count those that began to wait in the minute before `until`; null where too little was seen.
 *
 * @param until the youngest that can be among them: a finding names only those that have waited
 * for its threshold. Those that were there before the trace are old, however young they look.
 */
export function growthOf(waiting: readonly Waiting[], until: Nanoseconds): Growth | null {
  const from = Math.max(0, until - WINDOW_NS);
  if (until - from < LEAST_NS) return null;
  const listeners = new Map<string, number>();
  const peers = new Map<string, number>();
  let count = 0;
  for (const { endpoint, since } of waiting) {
    if (since < from || since > until || endpoint.phases.at(-1)?.atLeast === true) continue;
    count++;
    const { tuple, direction } = endpoint;
    add(peers, tuple.remote);
    if (direction !== "out") add(listeners, formatEndpoint(tuple.local, tuple.localPort));
  }
  const window = (until - from) / 1e9;
  return {
    count,
    window,
    perMinute: (count * 60) / window,
    listeners: most(listeners),
    peers: most(peers),
  };
}

/**
 * The descriptors of a process, and how long they last at this growth.
 *
 * @param atLeast descriptors that are known to be open, where /proc was read before the newest
 */
export function descriptorUse(
  process: ProcessEvent | null,
  growth: Growth | null,
  atLeast = 0,
): DescriptorUse | null {
  if (process === null || process.fdLimit === null || process.fdCount === null) return null;
  const { fdLimit: limit } = process;
  const used = Math.max(process.fdCount, atLeast);
  const perSecond = (growth?.perMinute ?? 0) / 60;
  const secondsLeft = perSecond === 0 ? null : Math.max(0, limit - used) / perSecond;
  return { used, limit, secondsLeft };
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function most(counts: ReadonlyMap<string, number>): Share[] {
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, SHARES);
}
