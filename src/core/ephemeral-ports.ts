/** Which local ports connect() may choose in a namespace. */

import { type CoreState, sysctlOf } from "./core-state.ts";

/** The ephemeral ports of a namespace. */
export interface EphemeralPorts {
  readonly low: number;
  readonly high: number;
  /** How many there are, the reserved ones left out; at least 1. */
  readonly count: number;
  /** The host's range is not known, and the kernel's default stands in for it. */
  readonly isAssumed: boolean;
  /** Whether connect() may choose this port. */
  has(port: number): boolean;
}

/** `net/ipv4/af_inet.c:inet_init_net`: the range of a namespace that nobody has changed. */
const DEFAULT_RANGE = "32768 60999";
const LAST_PORT = 65_535;

/**
 * The ports of ip_local_port_range that ip_local_reserved_ports does not keep back.
 *
 * `net/ipv4/inet_hashtables.c:__inet_hash_connect` walks the range and skips reserved ports. A
 * text that is no range counts as unknown; parts of a list that are no ports are left out.
 */
export function parseEphemeralPorts(
  range: string | undefined,
  reserved: string | undefined,
): EphemeralPorts {
  const known = parseRange(range ?? "");
  const [low, high] = known ?? (parseRange(DEFAULT_RANGE) as [number, number]);
  const kept = parseReserved(reserved ?? "", low, high);
  const keptCount = kept.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  return {
    low,
    high,
    count: Math.max(1, high - low + 1 - keptCount),
    isAssumed: known === null,
    has: (port) =>
      port >= low && port <= high && !kept.some(([first, last]) => port >= first && port <= last),
  };
}

/** The ephemeral ports of a namespace, read once for all that ask during one look. */
export function ephemeralPortsOf(core: CoreState): (netns: number) => EphemeralPorts {
  const known = new Map<number, EphemeralPorts>();
  return (netns) => {
    const ports =
      known.get(netns) ??
      parseEphemeralPorts(
        sysctlOf(core, netns, "net.ipv4.ip_local_port_range"),
        sysctlOf(core, netns, "net.ipv4.ip_local_reserved_ports"),
      );
    known.set(netns, ports);
    return ports;
  };
}

function parseRange(text: string): [number, number] | null {
  const match = /^\s*(\d{1,5})\s+(\d{1,5})\s*$/.exec(text);
  const low = Number(match?.[1]);
  const high = Number(match?.[2]);
  return low >= 1 && low <= high && high <= LAST_PORT ? [low, high] : null;
}

/** `8080,9000-9010` as ranges within low and high, in order and apart from each other. */
function parseReserved(list: string, low: number, high: number): [number, number][] {
  const ranges: [number, number][] = [];
  for (const part of list.split(",")) {
    const match = /^\s*(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(part);
    if (match === null) continue;
    const first = Math.max(low, Number(match[1]));
    const last = Math.min(high, Number(match[2] ?? match[1]));
    if (first <= last) ranges.push([first, last]);
  }
  ranges.sort((a, b) => a[0] - b[0]);
  const apart: [number, number][] = [];
  for (const [first, last] of ranges) {
    const before = apart.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else apart.push([first, last]);
  }
  return apart;
}
