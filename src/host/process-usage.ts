/** Reads what a process has taken from the host: time on the CPUs and memory. */

import { readFileSync } from "node:fs";
import { fieldsBehindName } from "./proc-stat.ts";

/** What one process has taken so far. */
export interface ProcessUsage {
  /** User and system time of all its threads since it began, milliseconds. */
  readonly cpuMs: number;
  /** Resident memory, bytes; pages that it shares with others count whole. */
  readonly memoryBytes: number;
}

/** `USER_HZ` and the page size of every 64-bit Linux that bpftrace is packaged for. */
const TICK_MS = 10;
const PAGE_BYTES = 4096;

/** Parse /proc/PID/stat for it (fields 14, 15 and 24 of proc(5)); null when it is no such line. */
export function parseUsage(stat: Buffer): ProcessUsage | null {
  const fields = fieldsBehindName(stat);
  const [user, system, pages] = [fields[11], fields[12], fields[21]].map(Number);
  if (user === undefined || system === undefined || pages === undefined) return null;
  if (!Number.isFinite(user + system + pages)) return null;
  return { cpuMs: (user + system) * TICK_MS, memoryBytes: pages * PAGE_BYTES };
}

/** Read it now; the kernel answers from memory. Null when the process is gone. */
export function readUsage(pid: number): ProcessUsage | null {
  try {
    return parseUsage(readFileSync(`/proc/${pid}/stat`));
  } catch {
    return null;
  }
}
