/** The quantities that a health check puts limits on, counted at one moment of a trace. */

import { CLOSING_STATES, TCP_STATES, type TcpState } from "../event/tcp-state.ts";
import { formatEndpoint } from "../event/tuple.ts";
import { ownersOf } from "./detectors/owners.ts";
import { finResends, isFinUnanswered } from "./detectors/repeated-fin.ts";
import { counted } from "./detectors/wording.ts";
import type { Endpoint } from "./endpoint.ts";
import { type EphemeralPorts, parseEphemeralPorts } from "./ephemeral-ports.ts";
import { type HealthRules, type Limits, NO_LIMITS } from "./health-rules.ts";
import type { PortGroup } from "./port-group.ts";
import type { TraceView } from "./trace.ts";

/** One number with its limits. */
export interface Measure {
  /** The label of performance data: `close_wait`; always plain letters. */
  readonly name: string;
  readonly value: number;
  /** As much as it may be in truth, where the trace is too young to tell; else the same. */
  readonly most: number;
  readonly unit: "" | "%";
  readonly limits: Limits;
  /** What stands behind the number in a sentence: `in CLOSE_WAIT for 30 s`. */
  readonly what: string;
  /** Who is behind it, where somebody asked for limits and it is known; foreign text. */
  readonly who: string | null;
}

/** A re-send counts for so long after it happened, answered or not. */
const RECENT_NS = 60e9;
const RESENDS = 2;
const KNOWN_STATES = TCP_STATES.filter((state) => state !== null);

/** Every measure, always in the same order, so that performance data has stable columns. */
export function measuresOf(view: TraceView, rules: HealthRules): Measure[] {
  const living: Endpoint[] = [];
  for (const endpoint of view.endpoints()) if (endpoint.endedAt === null) living.push(endpoint);
  return [
    {
      name: "endpoints",
      value: living.length,
      most: living.length,
      unit: "",
      limits: NO_LIMITS,
      what: living.length === 1 ? "endpoint" : "endpoints",
      who: null,
    },
    ...stateMeasures(living, view.now, rules),
    finMeasure(view, rules),
    portMeasure(living, view, rules),
  ];
}

interface StateCount {
  readonly sure: Endpoint[];
  readonly perhaps: Endpoint[];
}

/**
 * Endpoints in each state of a teardown, and in each other that has limits.
 *
 * One that was in its state before the trace began may have been so for any time: it is counted
 * in `most` until it has been seen for long enough.
 */
function stateMeasures(
  living: readonly Endpoint[],
  now: number,
  { states, forNs }: HealthRules,
): Measure[] {
  const counts = new Map<TcpState, StateCount>();
  for (const state of KNOWN_STATES) {
    if (CLOSING_STATES.has(state) || states[state]) counts.set(state, { sure: [], perhaps: [] });
  }
  for (const endpoint of living) {
    const count = counts.get(endpoint.state);
    if (count === undefined) continue;
    const phase = endpoint.phases.at(-1);
    if (now - (phase?.from ?? endpoint.bornAt) >= forNs) count.sure.push(endpoint);
    else if (phase?.atLeast) count.perhaps.push(endpoint);
  }
  const lasting = forNs > 0 ? ` for ${forNs / 1e9} s` : "";
  return [...counts].map(([state, { sure, perhaps }]) => {
    const limits = states[state];
    return {
      name: state.toLowerCase(),
      value: sure.length,
      most: sure.length + perhaps.length,
      unit: "",
      limits: limits ?? NO_LIMITS,
      what: `in ${state}${lasting}`,
      who: limits === undefined ? null : heldBy(sure),
    };
  });
}

function heldBy(endpoints: readonly Endpoint[]): string | null {
  const owners = ownersOf(endpoints);
  return owners === null ? null : `held by ${owners}`;
}

/** Endpoints that sent their FIN again at least twice and got no answer, or did so just now. */
function finMeasure(view: TraceView, { finResends: limits }: HealthRules): Measure {
  let value = 0;
  const remotes = new Map<string, number>();
  for (const endpoint of view.endpoints()) {
    if (endpoint.resends.length < RESENDS || finResends(endpoint) < RESENDS) continue;
    if (!isFinUnanswered(endpoint) && !isRecent(endpoint, view.now)) continue;
    value++;
    const { remote } = endpoint.tuple;
    remotes.set(remote, (remotes.get(remote) ?? 0) + 1);
  }
  const [first] = [...remotes].sort((a, b) => b[1] - a[1]);
  return {
    name: "fin_retransmits",
    value,
    most: value,
    unit: "",
    limits: limits ?? NO_LIMITS,
    what: `${value === 1 ? "endpoint" : "endpoints"} with a FIN re-sent at least twice`,
    who: first === undefined || limits === null ? null : `${first[1]} towards ${first[0]}`,
  };
}

function isRecent({ resends }: Endpoint, now: number): boolean {
  const last = resends.findLast(({ kind }) => kind === "FIN" || kind === "DATA+FIN");
  return last !== undefined && now - last.at <= RECENT_NS;
}

/**
 * Why the count of re-sent FINs may be too low, or null: of the endpoints that ended within the
 * last minute some were forgotten for want of room.
 */
export function forgottenOf(view: TraceView): string | null {
  const { evicted } = view.ledger();
  if (evicted === 0) return null;
  let oldest = Number.POSITIVE_INFINITY;
  for (const { endedAt } of view.endpoints())
    if (endedAt !== null && endedAt < oldest) oldest = endedAt;
  if (view.now - oldest > RECENT_NS) return null;
  return `${counted(evicted, "ended endpoint")} were forgotten for want of room`;
}

/** The destination towards which the largest share of local ports waits; mini-sockets alone wait. */
function portMeasure(
  living: readonly Endpoint[],
  view: TraceView,
  { waitingPorts: limits }: HealthRules,
): Measure {
  const ranges = new Map<number, EphemeralPorts>();
  const waiting = new Map<PortGroup, number>();
  for (const { isMini, ports, tuple } of living) {
    if (!isMini || !ports) continue;
    const range = ranges.get(tuple.netns) ?? portsOf(view, tuple.netns);
    ranges.set(tuple.netns, range);
    if (range.has(tuple.localPort)) waiting.set(ports, (waiting.get(ports) ?? 0) + 1);
  }
  let value = 0;
  let towards: string | null = null;
  for (const [group, count] of waiting) {
    // Upwards: one port of many is more than a limit of 0.
    const share = Math.ceil((count * 10_000) / (ranges.get(group.netns)?.count ?? 1)) / 100;
    if (share <= value) continue;
    value = share;
    towards = `from ${group.local} towards ${formatEndpoint(group.remote, group.remotePort)}`;
  }
  return {
    name: "time_wait_ports",
    value,
    most: value,
    unit: "%",
    limits: limits ?? NO_LIMITS,
    what: "of the local ports towards one destination wait",
    who: limits === null ? null : towards,
  };
}

function portsOf(view: TraceView, netns: number): EphemeralPorts {
  const sysctls = view.sysctls(netns);
  return parseEphemeralPorts(
    sysctls["net.ipv4.ip_local_port_range"],
    sysctls["net.ipv4.ip_local_reserved_ports"],
  );
}
