/** The event of a known loss. */

import type { Nanoseconds } from "./trace-event.ts";

/** Why events are missing. */
export type GapCause = "lost" | "skipped" | "unparsed" | "hung" | "restart" | "disk" | "damaged";

/** Events that we know we missed, between `from` and `t`. */
export interface GapEvent {
  readonly type: "gap";
  readonly t: Nanoseconds;
  readonly from: Nanoseconds;
  readonly cause: GapCause;
  /** How many; null when only the time is known. */
  readonly count: number | null;
  readonly cpu?: number;
}
