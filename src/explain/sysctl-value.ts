/** Reads sysctl values, which may come from a recording that somebody else wrote. */
import type { SysctlValues } from "./topic.ts";

const prefix = /^\/?(?:proc\/sys\/)?net[./](?:ipv4|core)[./]/;

/** The last part of a sysctl's name: `tcp_fin_timeout` for `net.ipv4.tcp_fin_timeout`. */
export function shortSysctlName(name: string): string {
  return name.trim().replace(prefix, "");
}

/** The name under which the values are kept: `net.core.` for somaxconn, else `net.ipv4.`. */
export function fullSysctlName(name: string): string {
  const short = shortSysctlName(name);
  return short === "somaxconn" ? `net.core.${short}` : `net.ipv4.${short}`;
}

/** Look a value up by either form of the name. */
export function sysctlValue(values: SysctlValues, name: string): string | undefined {
  const full = fullSysctlName(name);
  return Object.hasOwn(values, full) ? values[full] : undefined;
}

/**
 * A value fit to be shown: one line of printable ASCII, at most 60 characters.
 *
 * The kernel separates the numbers of a vector by tabs; a recording may hold anything.
 */
export function shownSysctlValue(value: string): string {
  const line = value
    .slice(0, 500)
    .replace(/\s+/g, " ")
    .replace(/[^ -~]/g, "?")
    .trim();
  if (line === "") return "(empty)";
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

/** The non-negative whole numbers of a value, or undefined if it is anything else. */
export function wholeNumbers(value: string, count: number): readonly number[] | undefined {
  const words = value.trim().split(/\s+/);
  if (words.length !== count || !words.every((word) => /^\d{1,15}$/.test(word))) return undefined;
  return words.map(Number);
}

/** The one whole number of a value in `values`, or `fallback`. */
export function numberOr(values: SysctlValues, name: string, fallback: number): number {
  return wholeNumbers(sysctlValue(values, name) ?? "", 1)?.[0] ?? fallback;
}

/** A time as a person reads it: `80 ms`, `102.2 s`, `924.6 s (15 min)`. */
export function inSeconds(ms: number): string {
  if (ms < 100) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 100) / 10;
  const text = `${seconds >= 1000 ? Math.round(seconds) : seconds} s`;
  if (seconds < 600) return text;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${text} (${minutes} min)`;
  return `${text} (${Math.floor(minutes / 60)} h ${minutes % 60} min)`;
}

/** How many ports of a list such as `8080,9000-9010` lie from `low` to `high`. */
export function reservedPortsWithin(list: string, low: number, high: number): number {
  const ranges: [number, number][] = [];
  for (const part of list.split(",")) {
    const ends = /^\s*(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(part);
    if (ends === null) continue;
    ranges.push([Math.max(low, Number(ends[1])), Math.min(high, Number(ends[2] ?? ends[1]))]);
  }
  let count = 0;
  let counted = low - 1;
  for (const [first, last] of ranges.sort((a, b) => a[0] - b[0])) {
    count += Math.max(0, last - Math.max(counted, first - 1));
    counted = Math.max(counted, last);
  }
  return count;
}
