/** connect() found no local port towards a destination, or soon will not. */

import type { Nanoseconds } from "../../event/trace-event.ts";
import { formatEndpoint, unmappedAddress } from "../../event/tuple.ts";
import type { CoreState, PortFailure } from "../core-state.ts";
import type { Endpoint } from "../endpoint.ts";
import { type EphemeralPorts, ephemeralPortsOf } from "../ephemeral-ports.ts";
import type { Firing } from "../finding.ts";
import { secondsUntilFull } from "../port-forecast.ts";
import type { PortGroup } from "../port-group.ts";
import type { Detector } from "./detector.ts";
import { groupBy } from "./group-by.ts";
import { ownersOf } from "./owners.ts";
import { holdersOf } from "./port-holders.ts";
import { counted } from "./wording.ts";

/** A failed connect() is spoken of for so long. */
const RECENT_NS = 60e9;
const LONGEST_HORIZON = 3600;

type PortsOf = (netns: number) => EphemeralPorts;

/**
 * Fires once per destination: after a failed connect(), or when the growth of the last seconds
 * uses up the ports in less than `threshold` seconds, those given back meanwhile taken off.
 */
export const portExhaustion: Detector = {
  kind: "port-exhaustion",
  about: "connect() finds no local port, or will not soon",
  threshold: 60,
  unit: "seconds",
  find(core, now, threshold) {
    const portsOf = ephemeralPortsOf(core);
    const recent = core.portFailures.filter(({ at }) => at > now - RECENT_NS);
    const failed = fails(core, recent, portsOf);
    const told = new Set(failed.map(({ key }) => key));
    const expected = forecasts(core, now, threshold, portsOf);
    return [...failed, ...expected.filter(({ key }) => !told.has(key))];
  },
};

function keyOf({ netns, local, remote, remotePort }: PortFailure | PortGroup): string {
  return `${netns} ${unmappedAddress(local)} ${unmappedAddress(remote)} ${remotePort}`;
}

function fails(core: CoreState, recent: readonly PortFailure[], portsOf: PortsOf): Firing[] {
  const failures = [...groupBy(recent, keyOf)].map(([key, group]) => {
    const first = group[0] as PortFailure;
    return { key, first, group, towards: core.table.ports.towards(first) };
  });
  const known = failures.flatMap(({ towards }) => towards ?? []);
  const holders = holdersOf(core, known, portsOf);
  return failures.map(({ key, first, group, towards }) =>
    fail(key, group, (towards && holders.get(towards)) ?? [], portsOf(first.netns)),
  );
}

function fail(
  key: string,
  failures: readonly PortFailure[],
  holders: readonly Endpoint[],
  ports: EphemeralPorts,
): Firing {
  const { at, local, remote, remotePort, pid, comm } = failures[0] as PortFailure;
  const isOneProcess = failures.every((each) => each.pid === pid);
  const callers = [...groupBy(failures, (each) => `${each.comm} (pid ${each.pid})`)];
  const destination = formatEndpoint(remote, remotePort);
  return {
    key,
    severity: "critical",
    since: at,
    subject: { local, remote: destination, ...(isOneProcess && { pid, comm }) },
    count: failures.length,
    summary: `${counted(failures.length, "connect()")} from ${local} towards ${destination} found no local port; ${holders.length} of ${ports.count} are known to be in use`,
    endpoints: [...holders.map(({ id }) => id), ...failures.map(({ endpoint }) => endpoint)],
    evidence: [
      `EADDRNOTAVAIL for ${callers.map(([who, group]) => `${who}: ${group.length}`).join(", ")}`,
      ...usersOf(holders),
      ...(holders.length < ports.count / 2
        ? ["most ports are taken in a way that is not traced, as by bind() before connect()"]
        : []),
    ],
  };
}

function forecasts(
  core: CoreState,
  now: Nanoseconds,
  threshold: number,
  portsOf: PortsOf,
): Firing[] {
  const horizon = Math.min(LONGEST_HORIZON, Math.ceil(threshold));
  const growing = new Map<PortGroup, number>();
  for (const group of core.table.ports.groups()) {
    const growth = group.growth();
    if (growth === 0 || group.used + growth * horizon < portsOf(group.netns).count) continue;
    growing.set(group, growth);
  }
  const firings: Firing[] = [];
  for (const [group, holders] of holdersOf(core, growing.keys(), portsOf)) {
    const growth = growing.get(group) as number;
    const { count } = portsOf(group.netns);
    const left = secondsUntilFull(holders, growth, count, now, horizon);
    if (left === null || left >= threshold) continue;
    firings.push(forecast(group, holders, growth, count, left, now));
  }
  return firings;
}

function forecast(
  group: PortGroup,
  holders: readonly Endpoint[],
  growth: number,
  ports: number,
  left: number,
  now: Nanoseconds,
): Firing {
  const destination = formatEndpoint(group.remote, group.remotePort);
  return {
    key: keyOf(group),
    severity: "warning",
    since: now,
    subject: { local: group.local, remote: destination },
    count: holders.length,
    summary: `the local ports from ${group.local} towards ${destination} run out in ${left} s: ${holders.length} of ${ports} are in use`,
    endpoints: holders.map(({ id }) => id),
    evidence: [
      `${growth.toFixed(1)} more a second: all in use in ${left} s, with those that TIME_WAIT gives back meanwhile`,
      ...usersOf(holders),
    ],
  };
}

/** In which states the ports are held, and by whom. */
function usersOf(holders: readonly Endpoint[]): string[] {
  if (holders.length === 0) return [];
  const states = [...groupBy(holders, ({ state }) => state)];
  states.sort((a, b) => b[1].length - a[1].length);
  const owners = ownersOf(holders);
  return [
    `held in ${states.map(([state, group]) => `${state}: ${group.length}`).join(", ")}`,
    ...(owners === null ? [] : [`held by ${owners}`]),
  ];
}
