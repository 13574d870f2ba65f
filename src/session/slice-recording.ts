/** Cuts a part out of a recording: one reading chooses, a second one writes. */

import { stat } from "node:fs/promises";
import { Follower } from "../core/follower.ts";
import { SliceFilter } from "../core/slice-filter.ts";
import { planSlice, type SlicePlan, type SliceRequest } from "../core/slice-plan.ts";
import {
  beginningOf,
  type Ledger,
  type RecordingFooter,
  type RecordingHeader,
  type SliceOrigin,
} from "../event/recording.ts";
import type { Redactor } from "../event/redact.ts";
import type { TraceEvent } from "../event/trace-event.ts";
import { createRecording } from "../store/create-recording.ts";
import { filesOf, type RecordingPath } from "../store/recording-files.ts";
import type { Recording } from "../store/recording-reader.ts";
import type { RecordingWriter } from "../store/recording-writer.ts";
import { OperatorError } from "./operator-error.ts";
import { nameOf, openRecording, readable, traceFor } from "./read-trace.ts";
import { refusedFile } from "./refused-file.ts";
import type { TimeIndex } from "./time-index.ts";

/** What to cut, and how to write it. */
export interface SliceOptions {
  /** Nanoseconds since the start; absent ends are those of the recording. */
  readonly fromNs?: number;
  readonly toNs?: number;
  readonly endpoints: readonly string[];
  readonly findings: readonly string[];
  readonly force: boolean;
  /** Of the recording: with it nothing behind the slice's end is read. */
  readonly index?: TimeIndex | null;
  /** Replaces names and addresses; absent, they stay. */
  readonly redactor?: Redactor;
  readonly onEvents?: (count: number) => void;
  readonly onProblem: (line: string) => void;
}

/** What was written. */
export interface SliceResult {
  readonly origin: SliceOrigin;
  readonly events: number;
  readonly endpoints: number;
  /** Old id to new, of the endpoints that were asked for. */
  readonly renamed: ReadonlyMap<string, string>;
}

/** As many as `report` keeps: a story that was forgotten cannot be carried. */
const MAX_ENDED = 5_000_000;
/** The second reading tells no stories: who ended lately is enough to find the same endpoints. */
const FEW_ENDED = 200_000;
/** 64 KiB a line at most, and the writer holds 64 MiB: it never has to leave one out. */
const FLUSH_EVERY = 500;

/**
 * Write a slice of the recording at `path`, of one file or many, to `output`.
 *
 * Both readings fold the recording in the same way, so an id means the same in both, and the
 * memory is that of the endpoints alone.
 *
 * @throws OperatorError 1 when it cannot be written, 2 for what cannot be cut, 3 for what cannot
 * be read
 */
export async function sliceRecording(
  path: RecordingPath,
  output: string,
  options: SliceOptions,
): Promise<SliceResult> {
  await refuseStream(path, output).catch((error: unknown) => {
    throw readable(error);
  });
  const chosen = await choose(path, options);
  const recording = await openRecording(path, windowOf(options));
  if (recording.header.startedAt !== chosen.header.startedAt) {
    await recording.close();
    throw new OperatorError(1, `${nameOf(path)} was replaced while it was read; cut it again`);
  }
  return write(recording, output, chosen, options);
}

/** An id is the whole's, so that for it all must be read from the beginning. */
function windowOf({ fromNs = 0, toNs, endpoints, findings }: SliceOptions) {
  const isWindow = endpoints.length === 0 && findings.length === 0;
  return { fromNs: isWindow ? fromNs : 0, toNs: toNs ?? Number.POSITIVE_INFINITY };
}

interface Chosen {
  readonly plan: SlicePlan;
  readonly header: RecordingHeader;
  readonly origin: SliceOrigin;
  readonly ledger: Ledger;
}

async function choose(path: RecordingPath, options: SliceOptions): Promise<Chosen> {
  const recording = await openRecording(path, windowOf(options));
  const { header } = recording;
  const trace = traceFor(header, { maxEnded: MAX_ENDED });
  const follower = new Follower(trace);
  const until = options.toNs ?? Number.POSITIVE_INFINITY;
  let read = 0;
  await eachBatch(recording, until, options, (batch) => {
    read += batch.length;
    for (const event of batch) if (event.t <= until) follower.step(event);
  });
  const { index } = options;
  const end = recording.end();
  const {
    lastNs,
    closedCleanly,
    events,
    ledger: account,
  } = index?.whole ?? {
    ...end,
    events: read,
    ledger: end.footer?.ledger ?? null,
  };
  const request: SliceRequest = {
    fromNs: Math.max(options.fromNs ?? 0, beginningOf(header)),
    toNs: Math.min(until, Math.max(lastNs, trace.now)),
    endpoints: options.endpoints,
    findings: options.findings,
  };
  trace.advance(request.toNs);
  trace.finish();
  const plan = planSlice(trace, follower, request);
  if (typeof plan === "string") {
    const report = `lastack report ${[path].flat().join(" ")} --format json`;
    throw new OperatorError(2, `${plan}; ${report} lists all of them`);
  }
  const origin: SliceOrigin = {
    from: request.fromNs,
    to: request.toNs,
    of: { to: lastNs, events, closedCleanly },
    ...(options.endpoints.length > 0 && { endpoints: options.endpoints }),
    ...(options.findings.length > 0 && { findings: options.findings }),
  };
  // What came after the last line of a torn recording is unknown, so its account is open.
  const ledger =
    closedCleanly && account !== null ? account : { ...trace.ledger(), balanced: false };
  return { plan, header, origin, ledger };
}

async function write(
  recording: Recording,
  output: string,
  { plan, header, origin, ledger }: Chosen,
  options: SliceOptions,
): Promise<SliceResult> {
  const { force, onProblem, redactor } = options;
  const { part: _, ...whole } = header;
  const own: RecordingHeader = { ...whole, slice: origin };
  const writing = { force, onProblem, ...(redactor && { redactor }) };
  const writer = await createRecording(output, own, writing).catch(async (error: unknown) => {
    await recording.close();
    throw refusedFile(error);
  });
  const filter = new SliceFilter(plan, traceFor(header, { maxEnded: FEW_ENDED }));
  let events = 0;
  await eachBatch(recording, origin.to, options, async (batch) => {
    for (const event of batch) {
      for (const each of filter.take(event)) {
        writer.write(each);
        if (++events % FLUSH_EVERY === 0) await writer.flush();
      }
    }
  });
  await close(writer, output, { type: "footer", t: origin.to, ledger });
  return { origin, events, endpoints: plan.ids.size, renamed: filter.newIds };
}

/** Hand out what the recording says of the time up to `until`; where that is not known, all of it. */
async function eachBatch(
  recording: Recording,
  until: number,
  { onEvents, index }: SliceOptions,
  take: (batch: readonly TraceEvent[]) => void | Promise<void>,
): Promise<void> {
  let at = 0;
  try {
    for await (const batch of recording.events) {
      const later = index ? batch.findIndex(({ t }) => t > until) : -1;
      const within = later < 0 ? batch : batch.slice(0, later);
      await take(within);
      onEvents?.(within.length);
      at += within.length;
      if (index && later >= 0) return await take([...index.strays(at, until)]);
    }
  } catch (error) {
    throw readable(error);
  }
}

async function close(
  writer: RecordingWriter,
  output: string,
  footer: RecordingFooter,
): Promise<void> {
  const end = await writer.close(footer);
  if (end.dropped === 0 && end.isComplete) return;
  throw new OperatorError(
    1,
    `${output} is not whole: it could not be written to its end; free some space and cut it again`,
  );
}

/** It is read twice, and must still be there the second time. */
async function refuseStream(path: RecordingPath, output: string): Promise<void> {
  const old = await fileOf(output);
  for (const file of filesOf(path)) {
    const input = await fileOf(file);
    if (file === "-" || (input !== null && !input.isFile())) {
      const why = "cannot be read twice, which a slice needs";
      throw new OperatorError(2, `${file} ${why}; save it first`);
    }
    if (input && old && input.ino === old.ino && input.dev === old.dev) {
      throw new OperatorError(2, `${output} is the recording itself; choose another name`);
    }
  }
}

async function fileOf(path: string) {
  return path === "-" ? null : stat(path).catch(() => null);
}
