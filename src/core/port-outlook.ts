/** How many local ports each destination and each listener takes, and how long they last. */

import type { Nanoseconds } from "../event/trace-event.ts";
import { type CoreState, sysctlOf } from "./core-state.ts";
import { holdersOf } from "./detectors/port-holders.ts";
import { ephemeralPortsOf } from "./ephemeral-ports.ts";
import { secondsUntilFull } from "./port-forecast.ts";
import type { PortGroup } from "./port-group.ts";

/** Local ports towards one destination. */
export interface DestinationPorts {
  readonly netns: number;
  readonly local: string;
  readonly remote: string;
  readonly remotePort: number;
  /** Living connections, each with a local port of its own. */
  readonly used: number;
  /** How many of them are mini-sockets: TIME_WAIT, or FIN_WAIT2 without a process. */
  readonly waiting: number;
  /** Ports that connect() may choose from. */
  readonly ports: number;
  /** `ports` is the kernel's default, the host's range is not known. */
  readonly isAssumed: boolean;
  /** Ports taken a second, lastingly. */
  readonly growth: number;
  /** Seconds until all are in use at this growth; null when not within the hour. */
  readonly secondsLeft: number | null;
}

/** Mini-sockets of the connections that came in at one port. */
export interface ListenerWaiting {
  readonly netns: number;
  readonly port: number;
  readonly waiting: number;
  /** `tcp_max_tw_buckets` of its namespace; null where unknown. All its mini-sockets share it. */
  readonly most: number | null;
}

/** What the view of ports is made from. */
export interface PortOutlook {
  /** The scarcest first. */
  readonly destinations: readonly DestinationPorts[];
  /** The most waiting first. */
  readonly listeners: readonly ListenerWaiting[];
}

const HORIZON = 3600;
const MOST_ROWS = 500;

/** Look at the ports now. Walks the endpoints only where a destination grows towards its end. */
export function portOutlook(core: CoreState, now: Nanoseconds): PortOutlook {
  const portsOf = ephemeralPortsOf(core);
  const groups = [...core.table.ports.groups()].filter(({ used }) => used > 1);
  const running = groups.filter((group) => {
    const growth = group.growth();
    return growth > 0 && group.used + growth * HORIZON >= portsOf(group.netns).count;
  });
  const holders = holdersOf(core, running, portsOf);
  const destinationOf = (group: PortGroup): DestinationPorts => {
    const { netns, local, remote, remotePort, used, minis } = group;
    const { count, isAssumed } = portsOf(netns);
    const growth = group.growth();
    const known = holders.get(group);
    const secondsLeft =
      known === undefined ? null : secondsUntilFull(known, growth, count, now, HORIZON);
    return {
      netns,
      local,
      remote,
      remotePort,
      used,
      waiting: minis,
      ports: count,
      isAssumed,
      growth,
      secondsLeft,
    };
  };
  const destinations = groups.map(destinationOf).sort(byScarcity).slice(0, MOST_ROWS);
  const listeners = [...core.table.ports.waitingAt()]
    .map(({ netns, port, waiting }) => ({ netns, port, waiting, most: bucketsOf(core, netns) }))
    .sort((a, b) => b.waiting - a.waiting || a.port - b.port || a.netns - b.netns)
    .slice(0, MOST_ROWS);
  return { destinations, listeners };
}

function bucketsOf(core: CoreState, netns: number): number | null {
  const most = Number(sysctlOf(core, netns, "net.ipv4.tcp_max_tw_buckets"));
  return most > 0 ? most : null;
}

function byScarcity(a: DestinationPorts, b: DestinationPorts): number {
  return (
    (a.secondsLeft ?? Number.POSITIVE_INFINITY) - (b.secondsLeft ?? Number.POSITIVE_INFINITY) ||
    b.used / b.ports - a.used / a.ports ||
    (keyOf(a) < keyOf(b) ? -1 : 1)
  );
}

const keyOf = ({ netns, local, remote, remotePort }: DestinationPorts) =>
  `${netns} ${local} ${remote} ${remotePort}`;
