/** Describes a process once: name, program, command line, unit, container, descriptors. */

import { readFileSync } from "node:fs";
import { open, opendir, readFile, readlink, stat } from "node:fs/promises";
import type { Nanoseconds, ProcessEvent } from "../event/trace-event.ts";
import { parseCgroup } from "./cgroup.ts";
import { parseUptime } from "./host-clocks.ts";
import { readStat } from "./proc-stat.ts";
import { userName } from "./user-name.ts";

const CMDLINE_LIMIT = 4096;
const PATIENCE_MS = 500;

/** A read that hung still occupies one thread of the pool: until it returns, no other is risked. */
let hung: Promise<unknown> | null = null;

/**
 * Describe one process; null when it is gone, or when its number belongs to another one by now.
 *
 * `startTicks` is that of the process meant. What may not be read is null.
 */
export async function describeProcess(
  pid: number,
  startTicks: number,
  now: () => Nanoseconds,
): Promise<ProcessEvent | null> {
  const directory = `/proc/${pid}`;
  const before = readStat(pid);
  if (before?.startTicks !== startTicks) return null;
  const [status, limits, cgroup, fdCount] = await Promise.all([
    read(`${directory}/status`),
    read(`${directory}/limits`),
    read(`${directory}/cgroup`),
    countDescriptors(`${directory}/fd`),
  ]);
  const exe = await guarded(() => readlink(`${directory}/exe`));
  const cmdline = await guarded(() => readCommandLine(`${directory}/cmdline`));
  const after = readStat(pid);
  if (after?.startTicks !== startTicks) return null;
  const { unit, container, pod } = parseCgroup(cgroup ?? "");
  const uid = parseEffectiveUid(status ?? "");
  const user = uid === null ? null : await userName(uid);
  const age = ageNs(after.startTicks);
  const t = now();
  return {
    type: "process",
    t,
    pid,
    startTicks,
    comm: after.comm,
    exe,
    cmdline,
    uid,
    unit,
    container,
    ...(pod !== null && { pod }),
    ...(user !== null && { user }),
    parent: after.parent,
    ...(age !== null && { startedAt: t - age }),
    fdLimit: parseDescriptorLimit(limits ?? ""),
    fdCount,
  };
}

/** USER_HZ: what /proc counts in, whatever the kernel's own HZ (`fs/proc/array.c:do_task_stat`). */
const TICK_NS = 1e7;

/**
 * How long ago a tick since boot was, nanoseconds; /proc/uptime tells hundredths of a second.
 *
 * It is read at once: an answer that waits for its turn in the event loop is older than the clock
 * that it is held against, by tens of milliseconds where much happens.
 */
function ageNs(ticks: number): number | null {
  const uptime = uptimeNs();
  return uptime === null ? null : Math.max(0, uptime - ticks * TICK_NS);
}

function uptimeNs(): number | null {
  try {
    return Number(parseUptime(readFileSync("/proc/uptime", "latin1")));
  } catch {
    return null;
  }
}

function read(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch(() => null);
}

/**
 * Read something that waits for the process's memory lock (`mmap_lock`).
 *
 * A process stuck in the kernel may hold that lock for hours, and whoever asks waits along: after
 * half a second we go on without the answer, and ask nobody else while that read hangs.
 */
async function guarded(attempt: () => Promise<string | null>): Promise<string | null> {
  if (hung !== null) return null;
  const reading = attempt().catch(() => null);
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), PATIENCE_MS);
  });
  const answer = await Promise.race([reading.then((text) => ({ text })), impatience]);
  clearTimeout(timer);
  if (answer !== "late") return answer.text;
  hung = reading;
  void reading.then(() => {
    hung = null;
  });
  return null;
}

async function readCommandLine(path: string): Promise<string | null> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(CMDLINE_LIMIT), 0, CMDLINE_LIMIT, 0);
    return formatCommandLine(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** Join NUL-separated arguments with spaces; null for none (kernel threads, zombies). */
export function formatCommandLine(bytes: Buffer): string | null {
  const text = bytes.toString("utf8").replace(/\0+$/, "").replaceAll("\0", " ");
  return text === "" ? null : text;
}

/** The effective user of /proc/PID/status, null when the text has none. */
export function parseEffectiveUid(status: string): number | null {
  const uid = /^Uid:\t\d+\t(\d+)/m.exec(status)?.[1];
  return uid === undefined ? null : Number(uid);
}

/** The soft RLIMIT_NOFILE of /proc/PID/limits; null when unlimited or not to be read. */
export function parseDescriptorLimit(limits: string): number | null {
  const limit = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return limit === undefined ? null : Number(limit);
}

/**
 * Count the open descriptors.
 *
 * Since 6.2 the size of /proc/PID/fd is their number; before, it is 0 and we count.
 */
async function countDescriptors(directory: string): Promise<number | null> {
  try {
    const { size } = await stat(directory);
    if (size > 0) return size;
    let count = 0;
    for await (const _ of await opendir(directory, { bufferSize: 256 })) count += 1;
    return count;
  } catch {
    return null;
  }
}
