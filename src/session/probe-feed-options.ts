/** What the feed of the probes works with, and whom it tells. */

import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import type { OutageListener } from "./outage.ts";
import type { DetailListener } from "./probe-rows.ts";
import type { RestartPlan } from "./restart-plan.ts";
import type { PreparedProbes } from "./start-probes.ts";

/** What the feed works with. */
export interface ProbeFeedOptions {
  readonly probes: PreparedProbes;
  /** Takes each event that the probes, or their silence, tell of. */
  readonly out: (event: TraceEvent) => void;
  /** When a bpftrace that died or hung is started again; null where its end is the trace's. */
  readonly plan: RestartPlan | null;
  /** Told in a line that nothing is traced for now, that it still is not, or that it is again. */
  readonly onOutage: OutageListener;
  /** Told when the probes hand over another detail. */
  readonly onDetail?: DetailListener;
  /** How long what the kernel holds now may yet be held, nanoseconds; all that it may where absent. */
  readonly holdNs?: () => Nanoseconds;
}
