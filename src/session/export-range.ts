/** Writes a part of a store as a recording of its own: the window that a screen shows, or an incident. */

import type { Endpoint } from "../core/endpoint.ts";
import type { Finding } from "../core/finding.ts";
import type { Trace } from "../core/fold.ts";
import { Follower } from "../core/follower.ts";
import { SliceFilter } from "../core/slice-filter.ts";
import { planSlice, type SlicePlan, type SliceRequest } from "../core/slice-plan.ts";
import type { RecordingHeader, SliceOrigin } from "../event/recording.ts";
import type { Redactor } from "../event/redact.ts";
import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import { createRecording } from "../store/create-recording.ts";
import type { EventRing } from "../store/ring.ts";
import type { Forgotten } from "./forgotten.ts";
import { OperatorError } from "./operator-error.ts";

/** Where the events are, and what they are of. */
export interface RangeSource {
  readonly store: EventRing;
  readonly header: RecordingHeader;
  newTrace(): Trace;
  /** What its beginning depends on, where that has been dropped. */
  readonly forgotten?: Forgotten;
}

/** Which part. */
export interface RangeRequest {
  readonly fromNs: Nanoseconds;
  readonly toNs: Nanoseconds;
  /** Only what it speaks of. */
  readonly finding?: Finding;
  /** Only it and its peer. */
  readonly endpoint?: Endpoint;
  readonly redactor?: Redactor;
}

/** What was written. */
export interface RangeResult {
  readonly events: number;
  readonly endpoints: number;
}

const RUN = 512;
/** Between two breaths of the event loop. */
const TURN_MS = 8;

/**
 * Write the range to a new file, as `slice` cuts one out of a file: every endpoint with its whole
 * story, also of before the beginning of the store where it lived on.
 *
 * It goes over the events twice, in turns, while others come in; those are not in it.
 *
 * @throws OperatorError 1 when it cannot be written or there is nothing to write
 */
export async function exportRange(
  source: RangeSource,
  path: string,
  request: RangeRequest,
): Promise<RangeResult> {
  const { store, header } = source;
  const upTo = store.seek(request.toNs + 1);
  const before = source.forgotten?.carried() ?? [];
  const trace = source.newTrace();
  const follower = new Follower(trace);
  await eachEvent(before, store, upTo, (event) => void follower.step(event));
  trace.advance(request.toNs);
  trace.finish();
  const plan = planOf(trace, follower, request);
  const own: RecordingHeader = { ...header, slice: originOf(plan.request, store, request) };
  const { redactor } = request;
  const writer = await createRecording(path, own, { ...(redactor && { redactor }) });
  const filter = new SliceFilter(plan, source.newTrace());
  let events = 0;
  let waiting = 0;
  await eachEvent(before, store, upTo, (event) => {
    for (const each of filter.take(event)) {
      writer.write(each);
      events++;
      waiting++;
    }
    if (waiting < RUN) return;
    waiting = 0;
    return writer.flush();
  });
  const ledger = { ...trace.ledger(), balanced: false };
  const end = await writer.close({ type: "footer", t: request.toNs, ledger });
  if (end.dropped > 0 || !end.isComplete) {
    throw new OperatorError(1, `${path} is not whole; free some space and write it again`);
  }
  return { events, endpoints: plan.ids.size };
}

function planOf(trace: Trace, follower: Follower, range: RangeRequest): SlicePlan {
  const { toNs } = range;
  const finding = range.finding && sameFinding(trace, range.finding);
  const endpoint = range.endpoint && sameEndpoint(trace, range.endpoint);
  const isGone = (range.finding && !finding) || (range.endpoint && !endpoint);
  if (isGone) throw new OperatorError(1, "its events are no longer in the history");
  const named: SliceRequest = {
    fromNs: finding || endpoint ? 0 : Math.max(0, range.fromNs),
    toNs,
    endpoints: endpoint ? [endpoint.id] : [],
    findings: finding ? [finding.id] : [],
  };
  const plan = planSlice(trace, follower, named);
  if (typeof plan === "string") throw new OperatorError(1, plan);
  return plan;
}

/** Where the beginning of the history is gone, ids differ; what a finding is about does not. */
function sameFinding(trace: Trace, { kind, key, since, until }: Finding): Finding | undefined {
  const overlaps = (other: Finding) =>
    (until ?? Number.POSITIVE_INFINITY) >= other.since &&
    (other.until ?? Number.POSITIVE_INFINITY) >= since;
  return trace
    .findings()
    .findLast((each) => each.kind === kind && each.key === key && overlaps(each));
}

function sameEndpoint(
  trace: Trace,
  { id, tuple, bornAt, endedAt }: Endpoint,
): Endpoint | undefined {
  const isSame = (other: Endpoint | undefined): other is Endpoint =>
    other !== undefined &&
    other.tuple.localPort === tuple.localPort &&
    other.tuple.remotePort === tuple.remotePort &&
    other.tuple.local === tuple.local &&
    other.tuple.remote === tuple.remote &&
    (other.endedAt ?? Number.POSITIVE_INFINITY) >= bornAt &&
    other.bornAt <= (endedAt ?? Number.POSITIVE_INFINITY);
  const first = trace.endpoint(id);
  if (isSame(first)) return first;
  for (const each of trace.endpoints()) if (isSame(each)) return each;
  return undefined;
}

function originOf(plan: SliceRequest, store: EventRing, { toNs }: RangeRequest): SliceOrigin {
  return {
    from: Math.max(plan.fromNs, store.oldest > 0 ? (store.oldestNs ?? 0) : 0),
    to: toNs,
    of: { to: Math.max(toNs, store.newestNs), events: store.end, closedCleanly: false },
    ...(plan.endpoints.length > 0 && { endpoints: plan.endpoints }),
    ...(plan.findings.length > 0 && { findings: plan.findings }),
  };
}

async function eachEvent(
  before: readonly TraceEvent[],
  store: EventRing,
  upTo: number,
  take: (event: TraceEvent) => Promise<void> | undefined | void,
): Promise<void> {
  let turnEnds = performance.now() + TURN_MS;
  for (const event of before) await take(event);
  for (let at = store.oldest; at < upTo; ) {
    const from = Math.max(at, store.oldest);
    const events = store.read(from, Math.min(RUN, upTo - from));
    for (const event of events) await take(event);
    at = from + events.length;
    if (events.length === 0) return;
    if (performance.now() < turnEnds) continue;
    await new Promise((resolve) => setImmediate(resolve));
    turnEnds = performance.now() + TURN_MS;
  }
}
