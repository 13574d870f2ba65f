/** Tells what lastack has declared to be missing from what it says wrongly without a word. */
import type { TraceView } from "../../src/core/trace.ts";
import type { Ledger } from "../../src/event/recording.ts";
import type { GapEvent, TraceEvent } from "../../src/event/trace-event.ts";
import { type Disagreement, momentOf } from "./compare-states.ts";

/** Disagreements in two parts, each in the order in which they were found. */
export interface Divided {
  /** Those that a missing record explains, which the trace says is missing. */
  readonly declared: readonly Disagreement[];
  /** How many endpoints the declared ones are of. */
  readonly endpoints: number;
  readonly silent: readonly Disagreement[];
}

/**
 * Divide what the samples found by what the whole trace says of its own gaps.
 *
 * A probe run that the kernel skipped leaves an endpoint in its former state, for seconds maybe.
 * That is declared where a gap of such records lies between the endpoint's last change and the
 * sample and marks the endpoint as incomplete; not where it was wrong before that gap, too. Each
 * record is of one endpoint: if there are more of them than the ledger says are missing, it does not
 * explain them, and none is declared.
 */
export function divideByGaps(
  disagreed: readonly Disagreement[],
  events: readonly TraceEvent[],
  trace: Pick<TraceView, "endpoint" | "isComplete">,
  { lost, skipped }: Pick<Ledger, "lost" | "skipped">,
): Divided {
  const gaps = events.filter(isOfRecords);
  const isDeclared = ({ endpoint, sample }: Disagreement) => {
    const whole = endpoint && trace.endpoint(endpoint.id);
    if (!whole || trace.isComplete(whole)) return false;
    // A later look may have found that it ended before the sample: a gap after that marks it not.
    const until = Math.min(momentOf(sample), whole.endedAt ?? Number.POSITIVE_INFINITY);
    return gaps.some(({ from, t }) => from <= until && t >= endpoint.since);
  };
  const stayOf = ({ endpoint }: Disagreement) => `${endpoint?.id} ${endpoint?.since}`;
  const unexplained = new Set(disagreed.filter((each) => !isDeclared(each)).map(stayOf));
  const declared = disagreed.filter((each) => !unexplained.has(stayOf(each)));
  // Of two rows that one endpoint without a port may be, the other is an endpoint of its own.
  const endpoints = new Set(declared.map(({ endpoint, key }) => `${endpoint?.id} ${key}`)).size;
  if (endpoints > lost + skipped) return { declared: [], endpoints: 0, silent: disagreed };
  return { declared, endpoints, silent: disagreed.filter((each) => !declared.includes(each)) };
}

function isOfRecords(event: TraceEvent): event is GapEvent {
  return event.type === "gap" && (event.cause === "skipped" || event.cause === "lost");
}
