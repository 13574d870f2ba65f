/** Tells what the threads of a process are doing right now. */

import { opendir, readFile } from "node:fs/promises";
import { parseProcStat } from "./proc-stat.ts";
import { syscallName, takesDescriptor } from "./syscall-names.ts";

/** What one thread does. */
export interface ThreadActivity {
  /** State letter of /proc: R running, S sleeping, D waiting uninterruptibly … */
  readonly state: string;
  /** Kernel function that it waits in; null when it runs or the kernel does not tell. */
  readonly wchan: string | null;
  /** System call that it is in; null when in none, unknown or not ours to read. */
  readonly syscall: string | null;
  /** The descriptor that the call is about. */
  readonly fd: number | null;
}

/** Threads that do the same. */
export interface ThreadGroup extends ThreadActivity {
  readonly count: number;
}

/** All threads of a process, grouped, the largest group first. */
export interface ThreadSummary {
  readonly pid: number;
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
  return { pid, threads: activities.length, groups: groupThreads(activities), isPartial };
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

/** Say it in words: `11 of 12 threads in futex (futex_do_wait), 1 in epoll_wait on descriptor 5`. */
export function describeThreads({ threads, groups, isPartial }: ThreadSummary): string {
  const parts = groups.map((group, index) => {
    const of = index > 0 ? "" : ` of ${threads} ${threads === 1 ? "thread" : "threads"}`;
    return `${group.count}${of} ${describeActivity(group)}`;
  });
  return parts.join(", ") + (isPartial ? ` (only the first ${threads} were looked at)` : "");
}

function describeActivity({ state, wchan, syscall, fd }: ThreadActivity): string {
  if (syscall !== null) {
    const descriptor = fd === null ? "" : ` on descriptor ${fd}`;
    return `in ${syscall}${descriptor}${wchan === null ? "" : ` (${wchan})`}`;
  }
  if (state === "R") return "running";
  return wchan === null ? `in state ${state}` : `in ${wchan}`;
}
