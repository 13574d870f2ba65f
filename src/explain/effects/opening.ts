/** The effects of the sysctls about ports and about the opening of connections. */
import { reservedPortsWithin, sysctlValue, wholeNumbers } from "../sysctl-value.ts";
import type { SysctlValues } from "../topic.ts";
import { choice, type Effects, one } from "./effect.ts";

type PortRange = { readonly low: number; readonly high: number };

function portRange(value: string | undefined): PortRange | undefined {
  const [low = 0, high = 0] = wholeNumbers(value ?? "", 2) ?? [];
  return low >= 1 && high >= low && high <= 65_535 ? { low, high } : undefined;
}

function reservedPhrase(range: PortRange, list: string): string {
  const taken = reservedPortsWithin(list, range.low, range.high);
  return taken === 0 ? "" : ` (${taken} more are reserved)`;
}

/** The ports that connect() may choose from, or undefined where the range is not known. */
export function ephemeralPorts(sysctls: SysctlValues): number | undefined {
  const range = portRange(sysctlValue(sysctls, "ip_local_port_range"));
  if (range === undefined) return undefined;
  const list = sysctlValue(sysctls, "ip_local_reserved_ports") ?? "";
  return range.high - range.low + 1 - reservedPortsWithin(list, range.low, range.high);
}

export const openingEffects: Effects = {
  ip_local_port_range: (value, others) => {
    const range = portRange(value);
    if (range === undefined) return undefined;
    const list = sysctlValue(others, "ip_local_reserved_ports") ?? "";
    const ports = range.high - range.low + 1 - reservedPortsWithin(list, range.low, range.high);
    return (
      `${ports} ports${reservedPhrase(range, list)} for each pair of local address and ` +
      "destination: at most so many connections at a time. If this side closes first, TIME_WAIT " +
      `makes that about ${Math.floor(ports / 60)} new ones a second.`
    );
  },
  ip_local_reserved_ports: (value, others) => {
    if (value.trim() === "") return "No port is reserved.";
    if (!/^[\d,\s-]+$/.test(value)) return undefined;
    const { low, high } = portRange(sysctlValue(others, "ip_local_port_range")) ?? {
      low: 32_768,
      high: 60_999,
    };
    const taken = reservedPortsWithin(value, low, high);
    return `connect() skips them. ${taken} of them lie within ${low} to ${high}.`;
  },
  tcp_abort_on_overflow: choice(
    "With the accept queue full, the last ACK of a handshake is dropped; the client tries on.",
    "With the accept queue full, the client gets a RST, even if the burst is short.",
  ),
  somaxconn: one(
    (limit) =>
      `An accept queue holds at most ${limit}, or the backlog given to listen() if that is ` +
      "less. A change counts from the next listen() on.",
  ),
  tcp_syncookies: choice(
    "Off: a flood of SYNs fills the queue. No effect on TIME_WAIT.",
    "Used when the queue of half-open connections is full. No effect on TIME_WAIT.",
    "Used always, which is for tests. No effect on TIME_WAIT.",
  ),
  tcp_timestamps: choice(
    "Off: tcp_tw_reuse can do nothing.",
    "On, where the other side wants them too.",
    "On, without a random start, where the other side wants them too.",
  ),
};
