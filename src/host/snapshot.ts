/** Turns dumps of the socket table into snapshot events. */

import type { TcpState } from "../event/tcp-state.ts";
import { TCP_STATES } from "../event/tcp-state.ts";
import type { Nanoseconds, SnapshotEndEvent, SnapshotEvent } from "../event/trace-event.ts";
import type { NetworkNamespace } from "./namespaces.ts";
import type { PortPairs } from "./port-pairs.ts";
import { dumpSockets, type SocketTableTools } from "./socket-table.ts";

/** What to take and how to date it. */
export interface SnapshotOptions {
  readonly namespaces: Iterable<NetworkNamespace>;
  /** Only these states; all when absent. */
  readonly states?: readonly TcpState[];
  /** Only sockets with these ports; all when absent. The end of such a dump is no word on others. */
  readonly ports?: PortPairs;
  /** Ask for byte counts too. */
  readonly hasFigures?: boolean;
  /** Nanoseconds since the recording's start, on the boot clock. */
  readonly now: () => Nanoseconds;
  /** A row was true some time from so long before its dump began to so long after it came; else 0. */
  readonly marginNs?: Nanoseconds;
  /** Number of this dump, the same for all its namespaces. */
  readonly dump: number;
  readonly tools: SocketTableTools;
  readonly signal?: AbortSignal;
  /** Told of each namespace that could not be dumped to the end. */
  readonly onFailure?: (namespace: NetworkNamespace, error: Error) => void;
}

/** States that a dump of everything can list: a request socket is shown as SYN_RECV. */
export const ALL_STATES = TCP_STATES.filter((state) => state !== null && state !== "NEW_SYN_RECV");

/**
 * Dump one namespace after the other and yield the rows in batches.
 *
 * `since` is read before the dump begins and `t` when the row has arrived: the row was true somewhere
 * in between. A namespace ends with its `snapshot-end`, and only when every row was read: after a
 * failure there is none, so that no reader takes a missing row for a socket that is gone.
 */
export async function* takeSnapshot(
  options: SnapshotOptions,
): AsyncGenerator<(SnapshotEvent | SnapshotEndEvent)[], void> {
  const { now, dump, states, ports, hasFigures, tools, signal, marginNs = 0 } = options;
  for (const namespace of options.namespaces) {
    const since = now() - marginNs;
    let count = 0;
    try {
      for await (const rows of dumpSockets(namespace, {
        states,
        ports,
        hasFigures,
        tools,
        signal,
      })) {
        const t = now() + marginNs;
        count += rows.length;
        yield rows.map((row) => ({ type: "snapshot", t, since, dump, ...row }));
      }
    } catch (error) {
      signal?.throwIfAborted();
      options.onFailure?.(namespace, error as Error);
      continue;
    }
    const end = { dump, netns: namespace.inode, states: states ?? ALL_STATES, rows: count };
    yield [{ type: "snapshot-end", t: now() + marginNs, since, ...end }];
  }
}
