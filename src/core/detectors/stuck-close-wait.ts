/** CLOSE_WAIT that lasts: the peer has finished, and our application does not close. */

import type { Nanoseconds, ProcessEvent } from "../../event/trace-event.ts";
import { formatEndpoint } from "../../event/tuple.ts";
import type { CoreState } from "../core-state.ts";
import type { Endpoint, Unread } from "../endpoint.ts";
import type { Firing, Subject } from "../finding.ts";
import { descriptorUse, growthOf } from "../growth.ts";
import { flowOf } from "../open-flow.ts";
import type { OwnerFacts } from "../owner-facts.ts";
import { ownerKey } from "../owner-key.ts";
import { CAUSE_WORDS, stuckCause } from "../stuck-cause.ts";
import { moved } from "./counter-evidence.ts";
import type { Detector } from "./detector.ts";
import { groupBy } from "./group-by.ts";
import { ownerEvidence } from "./owner-evidence.ts";
import { earliest, type Stay, stays } from "./stays.ts";
import { counted } from "./wording.ts";

/** After this time in CLOSE_WAIT an application is taken to have forgotten to close, seconds. */
export const STUCK_SECONDS = 10;
/** A stream that has carried data since the peer's FIN is called stuck this much later. */
const FLOW_PATIENCE = 3;
/** One that was seen to carry data again and again: as long as half-close looks back. */
const STREAM_PATIENCE_SECONDS = 60;

/** Fires once per owner; per listener for connections that nobody has accepted. */
export const stuckCloseWait: Detector = {
  kind: "stuck-close-wait",
  about: "connections that the peer has closed and the owner has not",
  threshold: STUCK_SECONDS,
  unit: "seconds",
  find(core, now, seconds) {
    const stuck = stuckStays(core, now, seconds);
    const keyOf = keysOf(core);
    const groups = groupBy(stuck, ({ endpoint }) => keyOf(endpoint));
    const until = now - seconds * 1e9;
    return [...groups].map(([key, group]) => fire(core, String(key), group, now, until));
  },
};

/** The stays in CLOSE_WAIT of at least `seconds` in which nothing moves. */
export function stuckStays(core: CoreState, now: Nanoseconds, seconds: number): Stay[] {
  return stays(core, "CLOSE_WAIT", now, seconds).filter((stay) => isQuiet(stay, seconds));
}

/** The application may go on sending after the peer's FIN; then it has not forgotten to close. */
function isQuiet({ endpoint, until }: Stay, seconds: number): boolean {
  const flow = flowOf(endpoint, "CLOSE_WAIT");
  if (flow === null || flow.movedAt === null) return true;
  const least = flow.moves > 1 ? STREAM_PATIENCE_SECONDS : 0;
  return until - flow.movedAt >= Math.max(least, seconds * FLOW_PATIENCE) * 1e9;
}

/**
 * What a finding is about: the owner's process, whichever of its threads accepted, or the place
 * that the connections came in by. Those of one place mostly follow each other.
 */
function keysOf(core: CoreState): (endpoint: Endpoint) => number | string {
  const process = (pid: number, at?: Nanoseconds) => core.processes.get(pid, at);
  let last: Endpoint | null = null;
  let key = "";
  return (endpoint) => {
    const { owner, unread } = endpoint;
    if (owner !== null && unread !== "not-accepted") return ownerKey(process, owner.pid, endpoint);
    if (last === null || !isSamePlace(last, endpoint)) {
      const kind = unread === "not-accepted" ? "queue" : "unknown";
      key = `${kind} ${endpoint.tuple.netns} ${listenerOf(core, endpoint)}`;
      last = endpoint;
    }
    return key;
  };
}

function isSamePlace(a: Endpoint, b: Endpoint): boolean {
  return (
    a.tuple.localPort === b.tuple.localPort &&
    a.tuple.netns === b.tuple.netns &&
    a.tuple.local === b.tuple.local &&
    (a.unread === "not-accepted") === (b.unread === "not-accepted")
  );
}

function listenerOf(core: CoreState, { tuple }: Endpoint): string {
  return formatEndpoint(core.listeners.of(tuple)?.local ?? tuple.local, tuple.localPort);
}

function subjectOf(core: CoreState, first: Endpoint): Subject {
  if (first.owner !== null && first.unread !== "not-accepted") {
    const { pid, comm } = first.owner;
    return { pid, comm: processOf(core, pid, first)?.comm ?? comm };
  }
  const local = listenerOf(core, first);
  if (first.unread !== "not-accepted") return { local };
  const listener = core.listeners.of(first.tuple);
  if (listener === undefined || listener.pid === null) return { listener: local };
  return { listener: local, pid: listener.pid, comm: listener.comm ?? "" };
}

/** The process that a connection's owner was, or that holds the listener now. */
function processOf({ processes }: CoreState, pid: number, { ownedAt, unread }: Endpoint) {
  return processes.get(pid, unread === "not-accepted" ? undefined : ownedAt);
}

function fire(
  core: CoreState,
  key: string,
  group: readonly Stay[],
  now: Nanoseconds,
  until: Nanoseconds,
): Firing {
  const count = group.length;
  const subject = subjectOf(core, (group[0] as Stay).endpoint);
  const endpoints = group.map(({ endpoint }) => endpoint);
  const owner = ownerFacts(core, subject.pid, group, until);
  return {
    key,
    severity: count >= 100 ? "critical" : "warning",
    since: earliest(group),
    subject,
    count,
    summary: summaryOf(subject, counted(count, "connection")) + causeText(owner.cause),
    endpoints: endpoints.map(({ id }) => id),
    evidence: [
      ...evidenceOf(group),
      ...queueEvidence(core, endpoints, now),
      ...ownerEvidence(owner, endpoints, core.now),
    ],
    owner,
  };
}

function ownerFacts(
  core: CoreState,
  pid: number | undefined,
  group: readonly Stay[],
  until: Nanoseconds,
): OwnerFacts {
  const [{ endpoint: first }] = group as readonly [Stay];
  const process = (pid === undefined ? undefined : processOf(core, pid, first)) ?? null;
  const threads = threadsOf(core, pid, process);
  const growth = growthOf(group, until);
  return {
    cause: stuckCause({
      endpoints: group.map(({ endpoint }) => endpoint),
      threads,
      process: (each) => core.processes.get(each),
    }),
    growth,
    descriptors: descriptorUse(process, growth),
    process,
    threads,
  };
}

/** What its threads do; those of another process with its number are none of its. */
function threadsOf(core: CoreState, pid: number | undefined, process: ProcessEvent | null) {
  if (pid === undefined) return null;
  const startTicks = (process ?? core.processes.get(pid))?.startTicks;
  const threads = core.threads.get(pid);
  const isOthers = process === null && startTicks !== undefined;
  if (threads === undefined || isOthers) return null;
  return startTicks === undefined || threads.startTicks === startTicks ? threads : null;
}

function summaryOf({ pid, comm, listener, local }: Subject, connections: string): string {
  const process = pid === undefined ? "" : `${comm ?? "?"} (pid ${pid})`;
  if (listener !== undefined) {
    const who = process === "" ? listener : `${listener}, ${process}`;
    return `${connections} closed by the peer wait unaccepted at listener ${who}`;
  }
  if (local !== undefined)
    return `${connections} at ${local} that the peer has closed stay open; who holds them is not known`;
  return `${process} has not closed ${connections} that the peer has closed`;
}

/** What waits unaccepted fills the queue; whether one was full the kernel has counted. */
function queueEvidence(
  core: CoreState,
  endpoints: readonly Endpoint[],
  now: Nanoseconds,
): string[] {
  const waiting = endpoints.filter(({ unread }) => unread === "not-accepted");
  const netns = new Set(waiting.map(({ tuple }) => tuple.netns));
  return [
    ...sharedListener(core, waiting),
    ...moved(
      { core, now, netns, name: "ListenOverflows" },
      "an accept queue was full, and so many connections were dropped",
      "no accept queue was full",
    ),
  ];
}

const MOST_NAMED = 8;

/** A server that forked before it accepts: one process is named, and any may be the one that is stuck. */
function sharedListener(core: CoreState, [first]: readonly Endpoint[]): string[] {
  const { holders = [] } = (first && core.listeners.of(first.tuple)) ?? {};
  if (holders.length < 2) return [];
  const named = holders.slice(0, MOST_NAMED).join(", ");
  const more = holders.length > MOST_NAMED ? " …" : "";
  return [`${holders.length} processes share the listener, and any may accept: ${named}${more}`];
}

/** Not only in the evidence: what the reader of one line, of a list or of a pager, wants to know. */
function causeText(cause: OwnerFacts["cause"]): string {
  return cause === null ? "" : `; likely cause: ${CAUSE_WORDS[cause]}`;
}

const READINGS: Readonly<Record<Unread, string>> = {
  drained: "drained: the application has taken everything and has not closed",
  "fin-unread": "fin-unread: the application has not read the end of the stream",
  "data-unread": "data-unread: the application has not read all data; a close now sends RST",
  "not-accepted": "not-accepted: they wait in the accept queue",
};

function evidenceOf(group: readonly Stay[]): string[] {
  const readings = new Map<Unread, number>();
  let eof = 0;
  let shared = 0;
  let sent = 0;
  for (const { endpoint } of group) {
    const { unread } = endpoint;
    if (unread !== null) readings.set(unread, (readings.get(unread) ?? 0) + 1);
    if (endpoint.eofRead) eof++;
    if (endpoint.holders.length > 1) shared++;
    if (endpoint.flow?.state === "CLOSE_WAIT" && endpoint.flow.moves > 0) sent++;
  }
  const of = `of ${group.length}`;
  const lines: string[] = [];
  for (const [reading, text] of Object.entries(READINGS) as [Unread, string][]) {
    const count = readings.get(reading);
    if (count !== undefined) lines.push(`${count} ${of} ${text}`);
  }
  if (eof > 0) lines.push(`${eof} ${of} have read the end of the stream`);
  if (sent > 0) lines.push(`${sent} ${of} sent data after the peer's FIN and have stopped`);
  if (shared > 0) lines.push(`${shared} ${of} are held by several processes`);
  return lines;
}
