/** Destinations towards which most local ports wait in TIME_WAIT or FIN_WAIT2. */

import type { Nanoseconds } from "../../event/trace-event.ts";
import { formatEndpoint, unmappedAddress } from "../../event/tuple.ts";
import { type CoreState, sysctlOf } from "../core-state.ts";
import { type EphemeralPorts, ephemeralPortsOf } from "../ephemeral-ports.ts";
import type { Firing } from "../finding.ts";
import type { PortGroup } from "../port-group.ts";
import { moved } from "./counter-evidence.ts";
import { holdersOf } from "./port-holders.ts";
import { Waiting } from "./waiting.ts";
import { counted, percent, reaches } from "./wording.ts";

const CRITICAL_PERCENT = 90;

/** A firing for each destination with `threshold` percent of its ephemeral ports waiting. */
export function waitingPorts(core: CoreState, now: Nanoseconds, threshold: number): Firing[] {
  const portsOf = ephemeralPortsOf(core);
  const isReached = (count: number, netns: number) =>
    reaches(count, portsOf(netns).count, threshold);
  const near: PortGroup[] = [];
  for (const group of core.table.ports.groups()) {
    if (isReached(group.minis, group.netns)) near.push(group);
  }
  const firings: Firing[] = [];
  for (const [group, holders] of holdersOf(core, near, portsOf)) {
    const waiting = new Waiting();
    for (const holder of holders) if (holder.isMini) waiting.add(holder);
    if (!isReached(waiting.count, group.netns)) continue;
    firings.push(fire(core, group, waiting, portsOf(group.netns), now));
  }
  return firings;
}

function fire(
  core: CoreState,
  group: PortGroup,
  waiting: Waiting,
  ports: EphemeralPorts,
  now: Nanoseconds,
): Firing {
  const { netns, local, remote, remotePort } = group;
  const share = percent(waiting.count, ports.count);
  const destination = formatEndpoint(remote, remotePort);
  return {
    key: `ports ${netns} ${local} ${destination}`,
    severity: share >= CRITICAL_PERCENT ? "critical" : "warning",
    since: now,
    subject: { local, remote: destination, cause: "ports" },
    count: waiting.count,
    summary: `${waiting.count} of ${ports.count} local ports from ${local} towards ${destination} (${share} %) wait until their connections are forgotten`,
    endpoints: waiting.ids,
    evidence: [
      ...waiting.closers(),
      ...portsText(ports),
      ...takeOver(core, group),
      ...takenOver(core, group, now),
    ],
  };
}

function portsText({ low, high, count, isAssumed }: EphemeralPorts): string[] {
  const reserved = high - low + 1 - count;
  const less = reserved > 0 ? ` less ${counted(reserved, "reserved port")}` : "";
  if (!isAssumed) return [`ip_local_port_range is ${low} to ${high}${less}`];
  return [
    `ip_local_port_range is not known; ${low} to ${high} is assumed, the kernel's default${less}`,
  ];
}

function takenOver(core: CoreState, { netns }: PortGroup, now: Nanoseconds): string[] {
  return moved(
    { core, now, netns: [netns], name: "TWRecycled" },
    "so many were taken over by a connect()",
    "no connect() has taken one over",
  );
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
