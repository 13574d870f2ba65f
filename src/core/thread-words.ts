/** Says in words what the threads of a process do. */

import type { ThreadGroup, ThreadsEvent } from "../event/trace-event.ts";

const NAMED = 3;

/** `11 of 12 threads wait in futex, 1 waits in epoll_wait on descriptor 5`. */
export function describeThreads({ threads, groups, isPartial }: Summary): string {
  const named = groups.slice(0, NAMED);
  const parts = named.map((group, i) => {
    const of = i > 0 ? "" : ` of ${threads} ${threads === 1 ? "thread" : "threads"}`;
    return `${group.count}${of} ${activityOf(group)}`;
  });
  const rest = threads - named.reduce((sum, { count }) => sum + count, 0);
  if (rest > 0) parts.push(`${rest} do something else`);
  return parts.join(", ") + (isPartial ? ` (only the first ${threads} were looked at)` : "");
}

type Summary = Pick<ThreadsEvent, "threads" | "groups" | "isPartial">;

function activityOf({ count, state, wchan, syscall, fd }: ThreadGroup): string {
  const s = count === 1 ? "s" : "";
  if (syscall !== null) {
    const descriptor = fd === null ? "" : ` on descriptor ${fd}`;
    return `${state === "R" ? "run" : "wait"}${s} in ${syscall}${descriptor}`;
  }
  if (state === "R") return `run${s}`;
  const where = wchan === null ? "" : ` in ${wchan}`;
  switch (state) {
    case "S":
      return `wait${s}${where}`;
    case "D":
      return `wait${s} for the kernel${where}, not to be interrupted`;
    case "T":
    case "t":
      return count === 1 ? "is stopped" : "are stopped";
    default:
      return `${count === 1 ? "is" : "are"} in state ${state}${where}`;
  }
}

/** A pool of so many threads, nearly all of them at a lock, serves nobody. */
const FEWEST = 3;
const SHARE = 0.75;

/** Whether nearly all threads of a pool wait for a lock: each other's, or one that nobody gives. */
export function isWaitingForLocks({ threads, groups }: Summary): boolean {
  const waiting = groups.filter(({ syscall, state }) => syscall === "futex" && state === "S");
  const count = waiting.reduce((sum, group) => sum + group.count, 0);
  return threads >= FEWEST && count >= threads * SHARE;
}
