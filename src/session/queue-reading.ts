/** Reads what `QueueWatch` asks for out of the socket table. */

import type { Endpoint } from "../core/endpoint.ts";
import type { TcpState } from "../event/tcp-state.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import { type QueueReading, type QueueWatch, UNACKED_STATES } from "./queue-watch.ts";
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
 * The namespaces to read, by the states to read there: each is entered once, which is most of the
 * work where there are many.
 */
function byStates(
  { closeWait, finWait2, quietFins }: QueueReading,
  only: ReadonlySet<number> | undefined,
): { readonly states: readonly TcpState[]; readonly netns: ReadonlySet<number> }[] {
  const groups = new Map<string, { states: readonly TcpState[]; netns: Set<number> }>();
  for (const inode of new Set([...closeWait, ...finWait2, ...quietFins])) {
    if (only?.has(inode) === false) continue;
    const states: TcpState[] = [];
    if (closeWait.has(inode)) states.push("CLOSE_WAIT");
    if (finWait2.has(inode)) states.push("FIN_WAIT2");
    if (quietFins.has(inode)) states.push(...UNACKED_STATES);
    const key = states.join();
    const group = groups.get(key) ?? { states, netns: new Set() };
    groups.set(key, group);
    group.netns.add(inode);
  }
  return [...groups.values()];
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
  const next = queues.next(only !== undefined);
  const { hasFigures } = next;
  for (const { states, netns } of byStates(next, only)) {
    await read(netns, {
      states,
      hasFigures,
      takes: (event) => event.type === "snapshot" && queues.isNews(event, listed),
    });
  }
  if (!hasFigures || only !== undefined) return new Set();
  return queues.mistaken(listed, since - MARGIN_NS);
}
