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

/**
 * Whether a holder is a child of another holder, or of the one that had opened the connection.
 *
 * A worker that took the descriptor by SCM_RIGHTS owns it like any other; one that has both its
 * parent and itself on it was forked with it open.
 */
function isInherited({ holders, openedBy }: Endpoint, process: CauseFacts["process"]): boolean {
  if (holders.length === 0 || (holders.length === 1 && openedBy === undefined)) return false;
  const elders = new Set(holders.map(({ pid }) => pid));
  if (openedBy !== undefined) elders.add(openedBy.pid);
  return holders.some(({ pid }) => {
    const parent = process(pid)?.parent;
    return parent !== undefined && elders.has(parent);
  });
}
