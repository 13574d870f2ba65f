/** What a caller asks of a live trace. */

import type { TraceOptions } from "../core/trace.ts";
import type { WantedDetail } from "../event/detail.ts";
import type { TraceEvent } from "../event/trace-event.ts";
import type { DetailLimits } from "./detail-policy.ts";
import type { WantedTraffic } from "./kernel-filter.ts";
import type { OutageListener } from "./outage.ts";

/** Takes the ordered events, a batch at a time, after they have been folded. */
export type EventListener = (events: readonly TraceEvent[]) => void;

/** What to trace. */
export interface LiveOptions extends WantedTraffic {
  readonly version: string;
  /** Filters as given, for the header. */
  readonly filters?: Readonly<Record<string, unknown>>;
  /** How much the probes hand over; `transitions` when absent. */
  readonly detail?: WantedDetail;
  /**
   * Whether each teardown is to be told: then `auto` moves as far as `summary`, which stands in for
   * `aggregate`.
   */
  readonly tellsEach?: boolean;
  /** At which loads `auto` moves, where not at those of every host. */
  readonly detailLimits?: Partial<DetailLimits>;
  /** Probe fragments to leave out though the kernel could run them: to see as an older one does. */
  readonly withoutProbes?: readonly string[];
  readonly trace?: Omit<TraceOptions, "sysctls" | "seesMiniEnd">;
  /**
   * Told of trouble that does not end the trace, one line each; `isBlind` where something of the
   * host could not be read, so that what the trace says of it may be too little.
   */
  readonly onProblem?: (line: string, isBlind: boolean) => void;
  /** Told in a sentence of each filter that the probes leave to the reader, or give less detail for. */
  readonly onLeft?: (line: string) => void;
  /** Whether a bpftrace that dies or hangs is started again; else that ends the trace. */
  readonly restarts?: boolean;
  /** Told when nothing is traced for a while, and when it is again. */
  readonly onOutage?: OutageListener;
}
