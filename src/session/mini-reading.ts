/** Reads where FIN_WAIT2 has become TIME_WAIT, on kernels whose probes do not tell. */

import type { Trace } from "../core/fold.ts";
import type { Nanoseconds, SnapshotEndEvent } from "../event/trace-event.ts";
import type { TableReading } from "./table-reader.ts";

/** What the reading works with. */
export interface MiniReading {
  readonly trace: Trace;
  readonly now: () => Nanoseconds;
  readonly out: (end: SnapshotEndEvent) => void;
  readonly read: (
    netns: ReadonlySet<number>,
    reading: Pick<TableReading, "states" | "takes">,
  ) => Promise<void>;
  /** Tells of the counters of some namespaces as they are now. */
  readonly readCounters: (netns: ReadonlySet<number>) => Promise<void>;
}

/**
 * Read only the namespaces and the states in question, which the kernel itself filters by
 * (`idiag_states`), not a dump of all that is established.
 *
 * The end of a dump is told after the counters: of a mini-socket that is not listed, only
 * TCPTimeWaitOverflow says whether the kernel ever made it.
 */
export async function readMinis(options: MiniReading): Promise<void> {
  const { trace, now, out } = options;
  const netns = new Set<number>();
  for (const endpoint of trace.inState("FIN_WAIT2")) {
    if (endpoint.isMini) netns.add(endpoint.tuple.netns);
  }
  if (netns.size === 0) return;
  const ends: SnapshotEndEvent[] = [];
  await options.read(netns, {
    states: ["FIN_WAIT2", "TIME_WAIT"],
    takes: (event) => {
      if (event.type === "snapshot") return true;
      ends.push(event);
      return false;
    },
  });
  await options.readCounters(netns);
  for (const end of ends) out({ ...end, t: Math.max(end.t, now()) });
}
