/** Cuts recordings as the program does, and folds the whole and the part to compare them. */
import { expect } from "vitest";
import type { Finding } from "../../src/core/finding.ts";
import { Trace } from "../../src/core/fold.ts";
import { Follower } from "../../src/core/follower.ts";
import { SliceFilter } from "../../src/core/slice-filter.ts";
import { planSlice, type SlicePlan, type SliceRequest } from "../../src/core/slice-plan.ts";
import type { TraceOptions } from "../../src/core/trace.ts";
import type { Nanoseconds, TraceEvent } from "../../src/event/trace-event.ts";
import { findingOf, nameOf, storiesOf } from "./stories.ts";

/** A recording in memory. */
export interface Whole {
  readonly events: readonly TraceEvent[];
  readonly endNs: Nanoseconds;
  readonly options?: TraceOptions;
}

/** A slice, and what the whole says of the same time. */
export interface Cut {
  readonly plan: SlicePlan;
  readonly events: readonly TraceEvent[];
  readonly newIds: ReadonlyMap<string, string>;
  readonly before: Trace;
  /** What `before` tells. */
  readonly stories: Stories;
  readonly after: Trace;
}

/** What a trace of the whole makes of it until `toNs`; a loss that began by then is known of. */
export function fold({ events, options }: Whole, toNs: Nanoseconds): Trace {
  const trace = new Trace(options);
  for (const event of events) {
    if (event.t <= toNs) trace.step(event);
    else if (event.type === "gap" && event.from <= toNs) trace.step({ ...event, t: toNs });
  }
  trace.advance(toNs);
  trace.finish();
  return trace;
}

/** The last fold of each whole, of which many parts may be cut. */
const folded = new WeakMap<Whole, { toNs: Nanoseconds; trace: Trace; stories: Stories }>();

type Stories = ReturnType<typeof storiesOf>;

function foldOnce(whole: Whole, toNs: Nanoseconds): { trace: Trace; stories: Stories } {
  const known = folded.get(whole);
  if (known?.toNs === toNs) return known;
  const trace = fold(whole, toNs);
  const made = { toNs, trace, stories: storiesOf(trace) };
  folded.set(whole, made);
  return made;
}

/** Cut, or say why not. */
export function tryCut(whole: Whole, wanted: Partial<SliceRequest>): Cut | string {
  const request = { fromNs: 0, toNs: whole.endNs, endpoints: [], findings: [], ...wanted };
  const { toNs } = request;
  const trace = new Trace(whole.options);
  const follower = new Follower(trace);
  for (const event of whole.events) if (event.t <= toNs) follower.step(event);
  trace.advance(toNs);
  trace.finish();
  const plan = planSlice(trace, follower, request);
  if (typeof plan === "string") return plan;
  const filter = new SliceFilter(plan, new Trace(whole.options));
  const events = whole.events.flatMap((event) => filter.take(event));
  const after = fold({ ...whole, events }, toNs);
  const { trace: before, stories } = foldOnce(whole, toNs);
  return { plan, events, newIds: filter.newIds, before, stories, after };
}

export function cut(whole: Whole, wanted: Partial<SliceRequest>): Cut {
  const made = tryCut(whole, wanted);
  if (typeof made === "string") throw new Error(made);
  return made;
}

/** The slice has exactly the endpoints of its plan, and tells of each what the whole tells. */
export function expectSameStories({ plan, before, stories, after, newIds }: Cut): void {
  const part = storiesOf(after);
  const nameIn = (trace: Trace, id: string) => {
    const endpoint = trace.endpoint(id);
    return endpoint === undefined ? id : nameOf(endpoint);
  };
  const names = [...plan.ids].map((id) => nameIn(before, id));
  expect([...part.keys()].sort()).toEqual(names.sort());
  for (const [name, story] of part) expect(story, name).toEqual(stories.get(name));
  for (const [old, now] of newIds) expect(nameIn(after, now)).toBe(nameIn(before, old));
}

/** Whether a finding was open in the window. */
export function isOpenIn({ plan }: Cut): (finding: Finding) => boolean {
  return ({ until }) => until === null || until >= plan.request.fromNs;
}

/**
 * What was open in the window is found again, word for word. That the trace has holes is said of
 * everybody in the whole, and of those in the slice.
 */
export function expectSameFindings(made: Cut): void {
  const { before, after, plan } = made;
  const told = (trace: Trace, isHere: (id: string) => boolean) =>
    trace
      .findings()
      .filter(isOpenIn(made))
      .map((finding) =>
        finding.kind === "incomplete-trace"
          ? findingOf({ ...finding, endpoints: finding.endpoints.filter(isHere) }, trace)
          : findingOf(finding, trace),
      );
  expect(told(after, () => true)).toEqual(told(before, (id) => plan.ids.has(id)));
}
