/** Tells what the threads of a process are doing right now. */

import { opendir, readFile } from "node:fs/promises";
import type { ThreadGroup } from "../event/trace-event.ts";
import { parseProcStat } from "./proc-stat.ts";
import { syscallName, takesDescriptor } from "./syscall-names.ts";

/** What one thread does. */
export type ThreadActivity = Omit<ThreadGroup, "count">;

/** All threads of a process, grouped, the largest group first. */
export interface ThreadSummary {
  readonly threads: number;
  readonly groups: readonly ThreadGroup[];
  /** Whether there were more threads than we looked at. */
  readonly isPartial: boolean;
}

const THREAD_LIMIT = 4096;
const CONCURRENCY = 16;

/**
 * Look at the threads of a process, each at its own instant; null when the process is gone.
 *
 * Only `state` is certain for another user's process; the rest needs ptrace rights, as root has.
 */
export async function readThreads(pid: number): Promise<ThreadSummary | null> {
  const tids: string[] = [];
  let isPartial = false;
  try {
    for await (const { name } of await opendir(`/proc/${pid}/task`, { bufferSize: 256 })) {
      isPartial = tids.length === THREAD_LIMIT;
      if (isPartial) break;
      tids.push(name);
    }
  } catch {
    return null;
  }
  const activities: ThreadActivity[] = [];
  const worker = async () => {
    for (let tid = tids.pop(); tid !== undefined; tid = tids.pop()) {
      const activity = await readThread(`/proc/${pid}/task/${tid}`);
      if (activity !== null) activities.push(activity);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  if (activities.length === 0) return null;
  return { threads: activities.length, groups: groupThreads(activities), isPartial };
}

async function readThread(directory: string): Promise<ThreadActivity | null> {
  const [stat, wchan, syscall] = await Promise.all([
    readFile(`${directory}/stat`).catch(() => null),
    readFile(`${directory}/wchan`, "utf8").catch(() => ""),
    readFile(`${directory}/syscall`, "utf8").catch(() => ""),
  ]);
  const state = stat === null ? undefined : parseProcStat(stat)?.state;
  if (state === undefined) return null;
  return {
    state,
    wchan: wchan === "" || wchan === "0" ? null : wchan,
    ...parseSyscall(syscall),
  };
}

/**
 * Read /proc/PID/syscall: number and arguments in hex, `running`, or `-1` outside of any call.
 *
 * A call that our tables do not name is `syscall N`.
 */
export function parseSyscall(
  text: string,
  architecture?: string,
): { syscall: string | null; fd: number | null } {
  const [number = "", argument = ""] = text.trim().split(" ");
  if (!/^\d+$/.test(number)) return { syscall: null, fd: null };
  const name = syscallName(Number(number), architecture);
  const fd = name !== null && takesDescriptor(name) ? Number.parseInt(argument, 16) : Number.NaN;
  return {
    syscall: name ?? `syscall ${number}`,
    fd: Number.isSafeInteger(fd) && fd < 2 ** 31 ? fd : null,
  };
}

/** Count equal activities, the most frequent first. */
export function groupThreads(activities: readonly ThreadActivity[]): ThreadGroup[] {
  const groups = new Map<string, ThreadGroup>();
  for (const activity of activities) {
    const key = JSON.stringify([activity.state, activity.wchan, activity.syscall, activity.fd]);
    groups.set(key, { ...activity, count: (groups.get(key)?.count ?? 0) + 1 });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}
