/** Finds HZ, the kernel's timer ticks per second, in which it keeps retransmission timeouts. */

import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

/** The values that `kernel/Kconfig.hz` offers. */
const RATES = [100, 250, 300, 1000] as const;

/** Ticks begin somewhat later than time: 0.25 s seen on 6.18. */
const SLACK_SECONDS = 2;

/** `CONFIG_HZ` out of a kernel configuration, null when it is not there. */
export function parseConfigHz(config: string): number | null {
  const hz = /^CONFIG_HZ=(\d+)$/m.exec(config)?.[1];
  return hz === undefined ? null : Number(hz);
}

/**
 * Work HZ out of /proc/timer_list, null when that is ambiguous.
 *
 * It shows `jiffies`, which 64-bit kernels start at 2^32 - 300 HZ (`INITIAL_JIFFIES`), beside the
 * monotonic time: only one rate fits both, except within half a minute of five minutes after boot.
 */
export function parseTimerListHz(timerList: string): number | null {
  const jiffies = Number(/^jiffies: (\d+)$/m.exec(timerList)?.[1]);
  const seconds = Number(/^now at (\d+) nsecs$/m.exec(timerList)?.[1]) / 1e9;
  const fits = RATES.filter(
    (hz) => Math.abs(jiffies - 2 ** 32 + (300 - seconds) * hz) < hz * SLACK_SECONDS,
  );
  return fits.length === 1 ? (fits[0] ?? null) : null;
}

/** Find HZ in the kernel's configuration, or else from its timers; null when neither tells. */
export async function readTickRate(release: string): Promise<number | null> {
  const packed = await readFile("/proc/config.gz").catch(() => null);
  const config =
    packed === null
      ? await readFile(`/boot/config-${release}`, "utf8").catch(() => "")
      : (await promisify(gunzip)(packed)).toString("latin1");
  return (
    parseConfigHz(config) ??
    parseTimerListHz(await readFile("/proc/timer_list", "latin1").catch(() => ""))
  );
}
