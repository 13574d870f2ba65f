/** Reads what this process is allowed to do. */

/** Bits of `include/uapi/linux/capability.h` that decide what lastack sees. */
const BITS = {
  CAP_DAC_OVERRIDE: 1,
  CAP_DAC_READ_SEARCH: 2,
  CAP_NET_ADMIN: 12,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_RESOURCE: 24,
  CAP_SYSLOG: 34,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;

/** A capability that lastack can use. */
export type CapabilityName = keyof typeof BITS;

/** The effective ones of them in the text of /proc/self/status. */
export function parseCapabilities(status: string): Set<CapabilityName> {
  const mask = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  const names = Object.keys(BITS) as CapabilityName[];
  return new Set(names.filter((name) => ((mask >> BigInt(BITS[name])) & 1n) === 1n));
}
