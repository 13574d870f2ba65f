// Writes durations, counts, bytes and times in few, steady columns.

/** What stands where a value is not known. */
export const UNKNOWN = "-";

const two = (n: number) => String(n).padStart(2, "0");

/**
 * Write a duration in milliseconds: `0.04ms`, `7.5ms`, `950ms`, `12.3s`, `4m05s`, `2h03m`, `3d04h`.
 *
 * At most six columns up to 99 days. Null and what is no finite number give `-`; a negative
 * duration keeps its sign.
 */
export function formatDuration(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return UNKNOWN;
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms < 0.995) return ms === 0 ? "0ms" : `${ms.toFixed(2)}ms`;
  if (ms < 9.95) return `${ms.toFixed(1)}ms`;
  if (ms < 999.5) return `${Math.round(ms)}ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h${two(minutes % 60)}m`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)}d${two(hours % 24)}h`;
}

/** Write a whole number with its thousands apart: `1,234`. Null gives `-`. */
export function formatCount(n: number | null): string {
  if (n === null || !Number.isFinite(n)) return UNKNOWN;
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ",");
}

function scaled(n: number, unit: string): string {
  const suffixes = ["", "k", "M", "G", "T", "P"];
  let value = n;
  let step = 0;
  while (value >= 999.95 && step < suffixes.length - 1) {
    value /= 1000;
    step++;
  }
  const digits = step === 0 && Number.isInteger(n) ? 0 : value < 99.95 ? 1 : 0;
  return value.toFixed(digits) + suffixes[step] + unit;
}

/**
 * Write a count or a rate in at most five columns: `7`, `2.5`, `999`, `1.2k`, `12.3k`, `123k`, `1.2M`.
 *
 * Fractions stay for small rates, so 0.3 a second is not shown as none. Null gives `-`.
 */
export function formatShortCount(n: number | null): string {
  if (n === null || !Number.isFinite(n)) return UNKNOWN;
  if (n < 0) return `-${formatShortCount(-n)}`;
  if (n > 0 && n < 0.05) return "<0.1";
  return scaled(n, "");
}

/** Write bytes in decimal units: `950B`, `12.3kB`, `1.2MB`. Null gives `-`. */
export function formatBytes(n: number | null): string {
  if (n === null || !Number.isFinite(n)) return UNKNOWN;
  return n < 0 ? `-${formatBytes(-n)}` : scaled(Math.round(n), "B");
}

/** Write the time of day in UTC of an instant in milliseconds since 1970: `05:00:00.123`. */
export function formatClock(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(11, 23);
}
