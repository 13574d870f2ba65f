/** Reads what `QueueWatch` asks for out of the socket table. */

import type { Endpoint } from "../core/endpoint.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import { type QueueWatch, UNACKED_STATES } from "./queue-watch.ts";
import { MARGIN_NS, type TableReading } from "./table-reader.ts";

/** What a reading works with. */
export interface QueueReadingOptions {
  readonly queues: QueueWatch;
  readonly now: () => Nanoseconds;
  /** Read the table of the known ones among these namespaces. */
  readonly read: (
    netns: ReadonlySet<number>,
    reading: Omit<TableReading, "tools" | "namespaces">,
  ) => Promise<void>;
  /** Read these namespaces alone, and with all figures, beside the regular readings. */
  readonly only?: ReadonlySet<number>;
}

/**
 * Read the receive queues of the connections that stay in CLOSE_WAIT, what half-closed ones carry,
 * and what keeps a FIN that is not sent again.
 *
 * @returns the namespaces of which the trace is wrong
 */
export async function readQueues({
  queues,
  now,
  read,
  only,
}: QueueReadingOptions): Promise<ReadonlySet<number>> {
  const since = now();
  const listed = new Set<Endpoint>();
  const { closeWait, finWait2, quietFins, hasFigures } = queues.next(only !== undefined);
  for (const [states, inodes] of [
    [["CLOSE_WAIT"], closeWait],
    [["FIN_WAIT2"], finWait2],
    [UNACKED_STATES, quietFins],
  ] as const) {
    const wanted = only ? new Set([...inodes].filter((inode) => only.has(inode))) : inodes;
    if (wanted.size === 0) continue;
    await read(wanted, {
      states,
      hasFigures,
      takes: (event) => event.type === "snapshot" && queues.isNews(event, listed),
    });
  }
  if (!hasFigures || only !== undefined) return new Set();
  return queues.mistaken(listed, since - MARGIN_NS);
}
