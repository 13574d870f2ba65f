/** What belongs to a slice of a recording: decided once all of it up to the slice's end is known. */

import type { Nanoseconds } from "../event/trace-event.ts";
import { COUNTER_WINDOW_NS } from "./counter-window.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Finding, FindingKind } from "./finding.ts";
import type { Follower } from "./follower.ts";
import { placeOf } from "./listener-places.ts";
import type { TraceView } from "./trace.ts";

/** Which part of a recording is wanted. */
export interface SliceRequest {
  readonly fromNs: Nanoseconds;
  readonly toNs: Nanoseconds;
  /** Only these endpoints and their peers; with `findings`, those too. */
  readonly endpoints: readonly string[];
  /** Only what these findings speak of, and its peers. */
  readonly findings: readonly string[];
}

/** What is carried. */
export interface SlicePlan {
  readonly request: SliceRequest;
  /** Ids of the endpoints, as the whole recording gives them. */
  readonly ids: ReadonlySet<string>;
  /** The processes that own or hold them or their listeners. */
  readonly pids: ReadonlySet<number>;
  /** The places where they came in, see `placeOf`. */
  readonly places: ReadonlySet<string>;
  /** When the oldest of them began, `fromNs` at the latest. */
  readonly bornNs: Nanoseconds;
  /** From here on every change of a counter is carried. */
  readonly countersNs: Nanoseconds;
  /** No endpoint and no finding is named: everything within the window is wanted. */
  readonly isWindow: boolean;
}

/** Findings that read the kernel's counters: when they began shows only where those are whole. */
const COUNTED: ReadonlySet<FindingKind> = new Set<FindingKind>([
  "time-wait-pressure",
  "orphan-pressure",
]);
/** Findings that say how far the counters have moved in the last minute. */
const COUNTED_LATELY: ReadonlySet<FindingKind> = new Set<FindingKind>([
  ...COUNTED,
  "stuck-close-wait",
  "stuck-fin-wait1",
  "stuck-last-ack",
  "repeated-fin-retransmit",
  "reset-teardown",
]);
/** Detectors are asked once a second, so what a finding saw is less than two seconds older. */
const LOOK_NS = 2e9;
/** How far back the detector of resets looks: it names endpoints that are gone since. */
const MEMORY_NS = 60e9;

/**
 * Choose the endpoints of a slice, or say in a text why there is nothing to choose.
 *
 * Without a name they are all that lived in the window and, of findings that were open in it,
 * those that ended in the minute before. A named one must have lived in the window. With each come
 * its peer, whoever ended it by taking its tuple over, and those that could as well be its peer:
 * without them its own story would come out differently.
 *
 * @param trace folded up to `request.toNs` by `follower`
 */
export function planSlice(
  trace: TraceView,
  follower: Follower,
  request: SliceRequest,
): SlicePlan | string {
  const { fromNs, endpoints, findings } = request;
  const isWindow = endpoints.length === 0 && findings.length === 0;
  const open = openSince(trace, fromNs);
  const chosen = isWindow ? livedIn(trace, open, fromNs) : named(trace, request);
  if (typeof chosen === "string") return chosen;
  complete(chosen, trace, follower);

  const ids = new Set<string>();
  const pids = new Set<number>();
  const places = new Set<string>();
  for (const endpoint of chosen) {
    const { id, tuple } = endpoint;
    ids.add(id);
    places.add(placeOf(tuple.netns, tuple.localPort));
    for (const pid of follower.pidsOf(endpoint)) pids.add(pid);
  }
  for (const place of places) for (const pid of follower.listenerPids(place)) pids.add(pid);
  let countersNs = fromNs;
  for (const { kind, since } of open) {
    if (COUNTED.has(kind)) countersNs = Math.min(countersNs, Math.floor(since));
    if (COUNTED_LATELY.has(kind)) countersNs = Math.min(countersNs, fromNs - COUNTER_WINDOW_NS);
  }
  const bornNs = firstBirth(chosen, fromNs);
  return { request, ids, pids, places, bornNs, countersNs: countersNs - LOOK_NS, isWindow };
}

/**
 * The endpoints that the present depends on, and when the oldest of them began: what a slice of it
 * would carry, and of those only who is still known.
 */
export function presentOf(
  trace: TraceView,
  follower: Follower,
): { readonly chosen: Set<Endpoint>; readonly bornNs: Nanoseconds } {
  const { now } = trace;
  const chosen = livedIn(trace, openSince(trace, now), now);
  complete(chosen, trace, follower);
  const bornNs = firstBirth(chosen, now);
  for (const endpoint of chosen) {
    if (endpoint.endedAt !== null && trace.endpoint(endpoint.id) === undefined) {
      chosen.delete(endpoint);
    }
  }
  return { chosen, bornNs };
}

/** The findings that were open at that time or later. */
function openSince(trace: TraceView, at: Nanoseconds): Finding[] {
  return trace.findings().filter(({ until }) => until === null || until >= at);
}

/** When the oldest of them began, at the latest then. */
function firstBirth(chosen: Iterable<Endpoint>, latest: Nanoseconds): Nanoseconds {
  let bornNs = latest;
  for (const { bornAt } of chosen) if (bornAt < bornNs) bornNs = bornAt;
  return bornNs;
}

function livedIn(trace: TraceView, open: readonly Finding[], fromNs: Nanoseconds): Set<Endpoint> {
  const chosen = new Set<Endpoint>();
  for (const endpoint of trace.endpoints()) {
    if (livesAt(endpoint, fromNs)) chosen.add(endpoint);
  }
  for (const finding of open) {
    // A trace with holes names everybody who lived in one, and says so again of whom it is left.
    if (finding.kind === "incomplete-trace") continue;
    for (const id of finding.endpoints) {
      const endpoint = trace.endpoint(id);
      if (endpoint !== undefined && livesAt(endpoint, fromNs - MEMORY_NS)) chosen.add(endpoint);
    }
  }
  return chosen;
}

function livesAt({ endedAt }: Endpoint, at: Nanoseconds): boolean {
  return endedAt === null || endedAt >= at;
}

function named(trace: TraceView, { endpoints, findings, fromNs }: SliceRequest) {
  const chosen = new Set<Endpoint>();
  for (const id of endpoints) {
    const endpoint = trace.endpoint(id);
    if (endpoint === undefined) return `there is no endpoint ${id} until the end of the slice`;
    if (!livesAt(endpoint, fromNs)) return `endpoint ${id} was gone before the slice begins`;
    chosen.add(endpoint);
  }
  for (const id of findings) {
    const finding = trace.findings().find((each) => each.id === id);
    if (finding === undefined) return `there is no finding ${id} until the end of the slice`;
    if (finding.until !== null && finding.until < fromNs) {
      return `finding ${id} was over before the slice begins`;
    }
    for (const each of finding.endpoints) {
      const endpoint = trace.endpoint(each);
      if (endpoint !== undefined) chosen.add(endpoint);
    }
  }
  return chosen;
}

/** Add whom the stories of the chosen depend on; a set hands out what is added while it is walked. */
function complete(chosen: Set<Endpoint>, trace: TraceView, follower: Follower): void {
  let doubtful: ReadonlyMap<string, readonly Endpoint[]> | null = null;
  for (const endpoint of chosen) {
    if (endpoint.peer !== null) chosen.add(endpoint.peer);
    for (const successor of follower.successorsOf(endpoint)) chosen.add(successor);
    for (const pairKey of follower.doubtfulPairsOf(endpoint)) {
      doubtful ??= doubtfulByPair(trace, follower);
      for (const other of doubtful.get(pairKey) ?? []) {
        // Whose end a dump of the socket table told late has lived longer than it seems to have.
        if (other.hasDoubtfulPeer || overlap(endpoint, other)) chosen.add(other);
      }
    }
  }
}

function doubtfulByPair(trace: TraceView, follower: Follower): Map<string, Endpoint[]> {
  const byPair = new Map<string, Endpoint[]>();
  for (const endpoint of trace.endpoints()) {
    for (const pairKey of follower.doubtfulPairsOf(endpoint)) {
      const same = byPair.get(pairKey);
      if (same === undefined) byPair.set(pairKey, [endpoint]);
      else same.push(endpoint);
    }
  }
  return byPair;
}

function overlap(a: Endpoint, b: Endpoint): boolean {
  return livesAt(a, b.bornAt) && livesAt(b, a.bornAt);
}
