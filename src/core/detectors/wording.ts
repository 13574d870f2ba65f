/** Words that several findings share. */

import type { Endpoint } from "../endpoint.ts";

/** `1 connection`, `2 connections`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A share of a limit in whole percent. */
export function percent(part: number, whole: number): number {
  return Math.floor((part / whole) * 100);
}

/** A time in whole seconds. */
export function seconds(ns: number): string {
  return `${Math.round(ns / 1e9)} s`;
}

/**
 * Who owns the endpoints, most first: `nginx (pid 12): 40, curl (pid 13): 2`; null where nobody
 * is known. Three are named, the others counted.
 */
export function ownersOf(endpoints: Iterable<Endpoint>): string | null {
  const owners = new Map<number, { comm: string; count: number }>();
  for (const { owner } of endpoints) {
    if (owner === null) continue;
    const known = owners.get(owner.pid);
    if (known === undefined) owners.set(owner.pid, { comm: owner.comm, count: 1 });
    else known.count++;
  }
  if (owners.size === 0) return null;
  const sorted = [...owners].sort((a, b) => b[1].count - a[1].count || a[0] - b[0]);
  const named = sorted
    .slice(0, NAMED)
    .map(([pid, { comm, count }]) => `${comm} (pid ${pid}): ${count}`);
  if (sorted.length > NAMED) named.push(`${sorted.length - NAMED} more`);
  return named.join(", ");
}

const NAMED = 3;
