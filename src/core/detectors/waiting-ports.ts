/** Destinations towards which most local ports wait in TIME_WAIT or FIN_WAIT2. */

import type { Nanoseconds } from "../../event/trace-event.ts";
import { formatEndpoint, unmappedAddress } from "../../event/tuple.ts";
import { type CoreState, sysctlOf } from "../core-state.ts";
import type { Endpoint } from "../endpoint.ts";
import { type EphemeralPorts, ephemeralPortsOf } from "../ephemeral-ports.ts";
import type { Firing } from "../finding.ts";
import type { PortGroup } from "../port-group.ts";
import { holdersOf } from "./port-holders.ts";
import { counted, ownersOf, percent } from "./wording.ts";

const CRITICAL_PERCENT = 90;

/** A firing for each destination with `threshold` percent of its ephemeral ports waiting. */
export function waitingPorts(core: CoreState, now: Nanoseconds, threshold: number): Firing[] {
  const portsOf = ephemeralPortsOf(core);
  const isReached = (count: number, netns: number) =>
    (count / portsOf(netns).count) * 100 >= threshold;
  const near: PortGroup[] = [];
  for (const group of core.table.ports.groups()) {
    if (isReached(group.minis, group.netns)) near.push(group);
  }
  const firings: Firing[] = [];
  for (const [group, holders] of holdersOf(core, near, portsOf)) {
    const waiting = holders.filter(({ isMini }) => isMini);
    if (!isReached(waiting.length, group.netns)) continue;
    firings.push(fire(core, group, waiting, portsOf(group.netns), now));
  }
  return firings;
}

function fire(
  core: CoreState,
  group: PortGroup,
  waiting: readonly Endpoint[],
  ports: EphemeralPorts,
  now: Nanoseconds,
): Firing {
  const { netns, local, remote, remotePort } = group;
  const share = percent(waiting.length, ports.count);
  const destination = formatEndpoint(remote, remotePort);
  return {
    key: `ports ${netns} ${local} ${destination}`,
    severity: share >= CRITICAL_PERCENT ? "critical" : "warning",
    since: now,
    subject: { local, remote: destination, cause: "ports" },
    count: waiting.length,
    summary: `${waiting.length} of ${ports.count} local ports from ${local} towards ${destination} (${share} %) wait until their connections are forgotten`,
    endpoints: waiting.map(({ id }) => id),
    evidence: [...closersOf(waiting), ...portsText(ports), ...takeOver(core, group)],
  };
}

/** Who closes first: TIME_WAIT and FIN_WAIT2 are with the end that sent the first FIN. */
export function closersOf(waiting: readonly Endpoint[]): string[] {
  const both = waiting.filter(({ role }) => role === "simultaneous").length;
  const unanswered = waiting.filter(({ state }) => state === "FIN_WAIT2").length;
  const owners = ownersOf(waiting);
  const lines = [`this side closed first on ${waiting.length - both} of ${waiting.length}`];
  if (both > 0) lines.push(`both sides closed at once on ${both}`);
  if (owners !== null) lines.push(`closed by ${owners}`);
  if (unanswered > 0) {
    lines.push(
      `${unanswered} wait in FIN_WAIT2: the peer has not closed, and nothing may take their ports over`,
    );
  }
  return lines;
}

function portsText({ low, high, count, isAssumed }: EphemeralPorts): string[] {
  const reserved = high - low + 1 - count;
  const less = reserved > 0 ? ` less ${counted(reserved, "reserved port")}` : "";
  if (!isAssumed) return [`ip_local_port_range is ${low} to ${high}${less}`];
  return [
    `ip_local_port_range is not known; ${low} to ${high} is assumed, the kernel's default${less}`,
  ];
}

/** `net/ipv4/tcp_ipv4.c:tcp_twsk_unique`: 1 for all, 2 for loopback, after a second. */
function takeOver(core: CoreState, { netns, remote }: PortGroup): string[] {
  const reuse = sysctlOf(core, netns, "net.ipv4.tcp_tw_reuse");
  const isLoopback = remote === "::1" || unmappedAddress(remote).startsWith("127.");
  if (reuse !== "1" && (reuse !== "2" || !isLoopback)) return [];
  return [
    `tcp_tw_reuse is ${reuse}: connect() may take those in TIME_WAIT over, with timestamps, after a second`,
  ];
}
