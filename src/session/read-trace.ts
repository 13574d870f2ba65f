/** Reads a recording into a trace: the same fold as live, over a file. */

import { stat } from "node:fs/promises";
import { Trace } from "../core/fold.ts";
import type { TraceOptions } from "../core/trace.ts";
import type { RecordingFooter, RecordingHeader } from "../event/recording.ts";
import type { Redactor } from "../event/redact.ts";
import type { TraceEvent } from "../event/trace-event.ts";
import { RecordingError } from "../store/recording-error.ts";
import { labelOfAll, type RecordingPath } from "../store/recording-files.ts";
import type { Recording } from "../store/recording-reader.ts";
import type { ReadEnd } from "../store/recording-scanner.ts";
import { extentOf, readRecordings, type SetOptions } from "../store/recording-set.ts";
import { OperatorError } from "./operator-error.ts";

export type { RecordingPath } from "../store/recording-files.ts";

/** What messages call a recording of one file or many. */
export function nameOf(path: RecordingPath): string {
  return labelOfAll(path);
}

/** How a recording is read. */
export interface ReadTraceOptions {
  readonly trace?: Omit<TraceOptions, "sysctls" | "seesMiniEnd">;
  /** Of many files those that were over by this moment need not be read. */
  readonly since?: number;
  /** Fold no event after this moment, nanoseconds since the start. */
  readonly until?: number;
  /** Takes names and addresses out before anything is made of them. */
  readonly redactor?: Pick<Redactor, "header" | "event">;
  /** Told of each batch, for a progress line. */
  readonly onEvents?: (events: readonly TraceEvent[]) => void;
}

/** A recording that has been read. */
export interface ReadTrace {
  readonly trace: Trace;
  readonly header: RecordingHeader;
  readonly footer: RecordingFooter | null;
  readonly closedCleanly: boolean;
  /** The moment of the last line, or `until`. */
  readonly endNs: number;
  readonly end: ReadEnd;
}

/** Open a recording. @throws OperatorError 3 when it cannot be read or is of a newer schema */
export async function openRecording(
  path: RecordingPath,
  window?: SetOptions["window"],
): Promise<Recording> {
  try {
    return await readRecordings(path, { ...(window && { window }) });
  } catch (error) {
    throw readable(error);
  }
}

/** A trace made for a recording's header. */
export function traceFor(header: RecordingHeader, options: ReadTraceOptions["trace"]): Trace {
  return new Trace({
    ...options,
    sysctls: header.sysctls,
    seesMiniEnd: header.probes.includes("time_wait_end"),
  });
}

/**
 * Read and fold a whole recording.
 *
 * Every complete line counts, also when the file was cut off. The rest after `until` is read too:
 * only the last line says that the recording is whole.
 *
 * @throws OperatorError 3
 */
export async function readTrace(
  path: RecordingPath,
  options: ReadTraceOptions = {},
): Promise<ReadTrace> {
  const { redactor, since: fromNs = 0, until: toNs = Number.POSITIVE_INFINITY } = options;
  const recording = await openRecording(path, { fromNs, toNs });
  const header = redactor?.header(recording.header) ?? recording.header;
  const trace = traceFor(header, options.trace);
  const until = options.until ?? Number.POSITIVE_INFINITY;
  try {
    for await (const batch of recording.events) {
      for (const event of batch) {
        if (event.t <= until) trace.step(redactor?.event(event) ?? event);
      }
      options.onEvents?.(batch);
    }
  } catch (error) {
    throw readable(error);
  }
  const end = recording.end();
  const endNs = Math.min(until, Math.max(end.lastNs, trace.now));
  trace.advance(endNs);
  trace.finish();
  const { footer, closedCleanly } = end;
  return { trace, header, footer, closedCleanly, endNs, end };
}

/** The moment of the last line, found by reading the whole recording, of many files the last. */
export async function endOf(
  path: RecordingPath,
): Promise<{ header: RecordingHeader; endNs: number }> {
  try {
    return await extentOf(path);
  } catch (error) {
    throw readable(error);
  }
}

/** Bytes of a file, for progress; null for stdin and what cannot be asked. */
export async function sizeOf(path: string): Promise<number | null> {
  if (path === "-") return null;
  return stat(path).then(
    (file) => file.size,
    () => null,
  );
}

/** What a reader throws, as trouble with exit code 3 where it is the recording's. */
export function readable(error: unknown): unknown {
  return error instanceof RecordingError ? new OperatorError(3, error.message, error) : error;
}
