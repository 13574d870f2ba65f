/** Reads a recording for a judgement of one moment: the trace then, and what is missing of it. */

import type { Trace } from "../core/fold.ts";
import { lossesOf } from "../core/losses.ts";
import type { TraceOptions } from "../core/trace.ts";
import type { Ledger, RecordingHeader } from "../event/recording.ts";
import type { GapCause, GapEvent, Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import type { RecordingPath } from "../store/recording-files.ts";
import { openRecording, readable, traceFor } from "./read-trace.ts";

/** Which moment, and how the trace is made. */
export interface ReadMomentOptions {
  /** Nanoseconds since the start; the end of the recording when absent. */
  readonly at?: Nanoseconds;
  readonly trace?: Omit<TraceOptions, "sysctls" | "seesMiniEnd">;
  /** Told of each batch, for a progress line. */
  readonly onEvents?: (events: readonly TraceEvent[]) => void;
}

/** A recording as it stood at one moment. */
export interface Moment {
  readonly trace: Trace;
  readonly header: RecordingHeader;
  readonly atNs: Nanoseconds;
  /** Why the trace may not be the truth of that moment, a clause each. */
  readonly doubts: readonly string[];
}

/**
 * Read a whole recording and fold it up to the moment.
 *
 * The rest is read too: a loss is noticed after it happened, and only the last line says that the
 * recording is whole. Losses that lie wholly after the moment are no doubt.
 *
 * @throws OperatorError 3 when it cannot be read or is of a newer schema
 */
export async function readMoment(
  path: RecordingPath,
  options: ReadMomentOptions = {},
): Promise<Moment> {
  const recording = await openRecording(path);
  const { header } = recording;
  const trace = traceFor(header, options.trace);
  const at = options.at ?? Number.POSITIVE_INFINITY;
  const later: GapEvent[] = [];
  try {
    for await (const batch of recording.events) {
      for (const event of batch) {
        if (event.t <= at) trace.step(event);
        else if (event.type === "gap") later.push(event);
      }
      options.onEvents?.(batch);
    }
  } catch (error) {
    throw readable(error);
  }
  const end = recording.end();
  const atNs = Math.min(at, Math.max(end.lastNs, trace.now));
  trace.advance(atNs);
  trace.finish();
  const doubts = end.closedCleanly ? [] : ["the recording was not closed cleanly"];
  if (later.some(({ from }) => from <= atNs)) {
    doubts.push("events are missing in a gap that reaches over this moment");
  }
  const after = later.filter(({ from }) => from > atNs);
  const ledger = ledgerWithout(after, end.footer?.ledger ?? trace.ledger());
  return { trace, header, atNs, doubts: [...doubts, ...lossesOf(ledger, trace.findings())] };
}

/** The ledger without what these gaps account for. */
function ledgerWithout(gaps: readonly GapEvent[], ledger: Ledger): Ledger {
  const countOf = (cause: GapCause) =>
    gaps.reduce((sum, gap) => sum + (gap.cause === cause ? (gap.count ?? 0) : 0), 0);
  const lost = Math.max(0, ledger.lost - countOf("lost"));
  const unparsed = Math.max(0, ledger.unparsed - countOf("unparsed"));
  return {
    ...ledger,
    counted: ledger.counted - (ledger.lost - lost) - (ledger.unparsed - unparsed),
    lost,
    unparsed,
    skipped: Math.max(0, ledger.skipped - countOf("skipped")),
  };
}
