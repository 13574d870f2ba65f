/** What a trace that begins in the middle is told of the time before. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { Finding } from "./finding.ts";
import type { SeriesPoint } from "./series.ts";

/** Events of the kinds that the charts count. */
export type EventCounts = Pick<SeriesPoint, "transitions" | "retransmits" | "resets">;

/**
 * A moment to go on from.
 *
 * A trace that is made with it first takes the events that the present of that moment depends on
 * (see `Carry`), then `wake()`, and is from then on what the trace of the whole is: the same
 * endpoints by the same ids, the same findings. Not told are endpoints that had ended long before,
 * and so the totals of the summary.
 */
export interface Resume {
  readonly at: Nanoseconds;
  /** Numbers of the endpoints that the carried events begin, in that order. */
  readonly ids: readonly number[];
  /** Number of the first endpoint that begins afterwards. */
  readonly nextId: number;
  /** Findings that were open then, and the newest that had ended. */
  readonly findings: readonly Finding[];
  /** The newest points of the charts. */
  readonly series: readonly SeriesPoint[];
  /** What the second under way had counted. */
  readonly unseen: EventCounts;
  /** Given where some are told of by rows: see `Rest`. */
  readonly order?: RestOrder;
}

/** In which order endpoints stand that events tell of and rows. */
export interface RestOrder {
  /** How many teardowns there had been, and who of the newest is told of, the newest first. */
  readonly teardowns: { readonly count: number; readonly nos: readonly number[] };
  /** Who waits in FIN_WAIT2, and in TIME_WAIT, since when tells the order or, where not, in order. */
  readonly entered: readonly (readonly number[])[];
  /** Whose socket has just gone, by its address: a late word of it is still theirs. */
  readonly closed: readonly (readonly [sk: string, no: number])[];
}
