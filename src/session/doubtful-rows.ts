/** Keeps back rows of the socket table until it is known whether the kernel has counted them. */

import { isCountedOnly } from "../core/counted-only.ts";
import type { Trace } from "../core/fold.ts";
import type { Nanoseconds, SnapshotEvent, TraceEvent } from "../event/trace-event.ts";
import { tupleKey } from "../event/tuple.ts";

/** A life of half a second, a second for the peer's FIN, one until the totals are told, a margin. */
const DOUBT_NS = 3e9;

/** What decides over a row. */
export interface DoubtfulRowsOptions {
  readonly trace: Pick<Trace, "endpointOf" | "now" | "detail" | "countedUntil">;
  readonly now: () => Nanoseconds;
  /** Whether the kernel may count what ends well before it is asked to. */
  readonly mayCount: () => boolean;
}

/**
 * In a sudden flood the kernel counts by itself, and says so with the next totals. A row that no
 * event speaks of may be one of those until then, and who is itemised by it would be counted too.
 * What is in doubt when the trace ends is not told: no event speaks of it because of a loss, which
 * the ledger names.
 */
export class DoubtfulRows {
  readonly #options: DoubtfulRowsOptions;
  readonly #rows = new Map<string, SnapshotEvent>();

  constructor(options: DoubtfulRowsOptions) {
    this.#options = options;
  }

  /** Take a row that is in doubt; false where the event is to be told now. */
  holds(event: TraceEvent): boolean {
    if (event.type !== "snapshot" || event.state === "LISTEN" || event.state === "CLOSE") {
      return false;
    }
    const { trace, mayCount } = this.#options;
    if (!mayCount() || trace.endpointOf(event) !== undefined) return false;
    const key = tupleKey(event);
    if (!this.#rows.has(key)) this.#rows.set(key, event);
    return true;
  }

  /** The rows that are in doubt no longer and were not counted: true when read, and told now. */
  settled(): SnapshotEvent[] {
    const { trace, now } = this.#options;
    const settled: SnapshotEvent[] = [];
    for (const [key, row] of this.#rows) {
      if (trace.now < row.since + DOUBT_NS) break;
      this.#rows.delete(key);
      if (trace.endpointOf(row) === undefined && isCountedOnly(trace, row)) continue;
      const t = Math.max(row.t, now());
      const timerMs = row.timerMs === null ? null : Math.max(0, row.timerMs - (t - row.t) / 1e6);
      settled.push({ ...row, t, timerMs });
    }
    return settled;
  }
}
