/** Holds a whole trace against every sample of the socket table, each at its own moment. */
import type { Ledger, RecordingHeader } from "../../src/event/recording.ts";
import type { TcpState } from "../../src/event/tcp-state.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { traceFor } from "../../src/session/read-trace.ts";
import { Changes, compareStates, type Disagreement, momentOf } from "./compare-states.ts";
import { divideByGaps } from "./declared.ts";
import type { Sample } from "./sample.ts";

/** What one run's samples and its trace say of each other. */
export interface StatesReport {
  /** How many endpoints both say the same of, by that state. */
  readonly agreed: ReadonlyMap<TcpState, number>;
  readonly same: number;
  /** Where the trace has not declared that a record is missing. */
  readonly disagreed: number;
  /** The figures in a line, the states in another, then each disagreement with its story. */
  readonly text: string;
}

/** A change so near to the reading of a table may lie on either side of it. */
const MARGIN_NS = 100e6;

/** Fold the events up to each sample and compare; `ledger` is that of the end. */
export function reportStates(
  header: RecordingHeader,
  events: readonly TraceEvent[],
  samples: readonly Sample[],
  ledger: Ledger,
): StatesReport {
  const trace = traceFor(header, {});
  const agreed = new Map<TcpState, number>();
  const disagreed: Disagreement[] = [];
  const sums = { overdue: 0, ghosts: 0, portless: 0 };
  let waiting = events;
  // As `states --at` reads a file: an event that was handed on late stands behind newer ones.
  const stepTo = (moment: number) => {
    const newer: TraceEvent[] = [];
    for (const event of waiting) {
      if (event.t <= moment) trace.step(event);
      else newer.push(event);
    }
    waiting = newer;
    trace.advance(moment);
  };
  for (const sample of [...samples].sort((a, b) => momentOf(a) - momentOf(b))) {
    stepTo(momentOf(sample));
    const one = compareStates(sample, trace.endpoints());
    for (const [state, count] of one.agreed) agreed.set(state, (agreed.get(state) ?? 0) + count);
    disagreed.push(...one.disagreed);
    for (const key of ["overdue", "ghosts", "portless"] as const) sums[key] += one[key];
  }
  stepTo(Number.POSITIVE_INFINITY);
  const changes = new Changes(trace.endpoints());
  const real = disagreed.filter((each) => !changes.isNear(each, MARGIN_NS));
  const { declared, endpoints, silent } = divideByGaps(real, events, trace, ledger);
  const same = [...agreed.values()].reduce((sum, count) => sum + count, 0);
  const share = ((same / (same + silent.length)) * 100).toFixed(3);
  const text = [
    `${same} agree (${sums.overdue} in TIME_WAIT for more than 60 s), ${silent.length} disagree: ${share} %; ${declared.length} excused (endpoints: ${endpoints}; probe runs skipped: ${ledger.skipped}, records lost: ${ledger.lost}), ${disagreed.length - real.length} changed within 100 ms, ${sums.portless} without a port yet, ${sums.ghosts} of dead namespaces`,
    [...agreed].map(([state, count]) => `${state} ${count}`).join(", "),
    ...silent.map((each) => changes.story(each)),
    ...declared.map((each) => `excused: ${changes.story(each)}`),
  ].join("\n");
  return { agreed, same, disagreed: silent.length, text };
}
