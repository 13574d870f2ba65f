/** The clocks that Linux shows to Node. */

import { readFileSync } from "node:fs";
import { KeptFile } from "./kept-file.ts";

/** Clocks of the host; the seam through which tests turn them. */
export interface HostClocks {
  /** CLOCK_MONOTONIC, nanoseconds; stops during suspend. */
  monotonicNs(): bigint;
  /** CLOCK_REALTIME, cut off at the millisecond. */
  wallMs(): number;
  /** CLOCK_BOOTTIME, cut off at 10 ms; counts suspend. */
  uptimeNs(): bigint;
}

/** Nanoseconds of `12345.67`, the first number of /proc/uptime. */
export function parseUptime(text: string): bigint {
  const [seconds = "0", hundredths = "0"] = (text.split(" ", 1)[0] ?? "").split(".");
  return BigInt(seconds) * 1_000_000_000n + BigInt(hundredths.padEnd(2, "0")) * 10_000_000n;
}

/** What a time namespace adds to the host's clock, from /proc/self/timens_offsets; 0 without one. */
export function parseTimeOffset(text: string, clock: "monotonic" | "boottime"): bigint {
  const match = new RegExp(`^${clock}\\s+(-?\\d+)\\s+(-?\\d+)`, "m").exec(text);
  return match === null ? 0n : BigInt(match[1] ?? 0) * 1_000_000_000n + BigInt(match[2] ?? 0);
}

/**
 * The clocks of this host, as its kernel counts them for probes.
 *
 * In a time namespace Node sees shifted clocks and a probe does not: the shift is taken off.
 */
export function openHostClocks(): HostClocks {
  const offsets = readOptional("/proc/self/timens_offsets");
  const monotonicShift = parseTimeOffset(offsets, "monotonic");
  const bootShift = parseTimeOffset(offsets, "boottime");
  const uptime = new KeptFile("/proc/uptime");
  return {
    monotonicNs: () => process.hrtime.bigint() - monotonicShift,
    wallMs: () => Date.now(),
    uptimeNs: () =>
      parseUptime(uptime.read() ?? readFileSync("/proc/uptime", "latin1")) - bootShift,
  };
}

function readOptional(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
