/** Why connections stay in CLOSE_WAIT: the likely cause, from what was read and who holds them. */

import type { ProcessEvent, ThreadsEvent } from "../event/trace-event.ts";
import type { Endpoint } from "./endpoint.ts";
import type { StuckCause } from "./owner-facts.ts";
import { isWaitingForLocks } from "./thread-words.ts";

/** In the words of an engineer; each follows "likely cause: ". */
export const CAUSE_WORDS: Readonly<Record<StuckCause, string>> = {
  leaked: "the application took everything and never closed: a leaked descriptor",
  unread: "it has not read the end: blocked or overloaded",
  deadlocked: "it has not read the end: its threads wait for locks, a deadlocked or exhausted pool",
  "idle-pool":
    "it has not read the end: idle connections of a pool, which the server has closed first",
  "not-accepted": "the listener does not accept",
  inherited: "a child process inherited it and keeps it open",
};

/** The same for a column of a screen. */
export const SHORT_CAUSES: Readonly<Record<StuckCause, string>> = {
  leaked: "leaked: took all and never closed",
  unread: "end not read: blocked or overloaded",
  deadlocked: "end not read: threads wait for locks",
  "idle-pool": "idle in a pool: end not read",
  "not-accepted": "the listener does not accept",
  inherited: "a child process inherited it",
};

/** What a cause is judged by. */
export interface CauseFacts {
  readonly endpoints: readonly Endpoint[];
  readonly threads: ThreadsEvent | null;
  process(pid: number): ProcessEvent | undefined;
}

/** The cause that holds for more than half of the connections; null where none does. */
export function stuckCause({ endpoints, threads, process }: CauseFacts): StuckCause | null {
  const counts = new Map<StuckCause, number>();
  for (const endpoint of endpoints) {
    const cause = causeOf(endpoint, threads, process);
    if (cause !== null) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  }
  const [first] = [...counts].sort((a, b) => b[1] - a[1]);
  return first !== undefined && first[1] * 2 > endpoints.length ? first[0] : null;
}

function causeOf(
  endpoint: Endpoint,
  threads: ThreadsEvent | null,
  process: CauseFacts["process"],
): StuckCause | null {
  const { unread, direction } = endpoint;
  if (unread === "not-accepted") return "not-accepted";
  if (isInherited(endpoint, process)) return "inherited";
  if (unread === "drained") return "leaked";
  if (unread === null) return null;
  if (threads !== null && isWaitingForLocks(threads)) return "deadlocked";
  return unread === "fin-unread" && direction === "out" ? "idle-pool" : "unread";
}

/** /proc tells the start of a process in hundredths of a second. */
const GRAIN_NS = 20e6;

/**
 * Whether a holder is a child of another holder, or of the one that had opened the connection, and
 * was forked with it open.
 *
 * A worker that is older than the connection has got the descriptor by SCM_RIGHTS, and owns it like
 * any other. How old a connection is that stood before the trace, nobody knows.
 */
function isInherited(endpoint: Endpoint, process: CauseFacts["process"]): boolean {
  const { holders, openedBy, bornAt, direction } = endpoint;
  if (holders.length === 0 || (holders.length === 1 && openedBy === undefined)) return false;
  const elders = new Set(holders.map(({ pid }) => pid));
  if (openedBy !== undefined) elders.add(openedBy.pid);
  return holders.some(({ pid }) => {
    const { parent, startedAt } = process(pid) ?? {};
    if (parent === undefined || !elders.has(parent)) return false;
    return direction === null || startedAt === undefined || startedAt + GRAIN_NS >= bornAt;
  });
}
