/** The trace events of one endpoint: states as slices, segments as instants and flows. */

import type { Endpoint, Wave } from "../core/endpoint.ts";
import type { Finding } from "../core/finding.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import { safeName, safeProse } from "./names.ts";

/** One event of Chrome's trace format; times are microseconds since the recording's start. */
export type ChromeEvent = Readonly<Record<string, unknown>>;

/** Where an endpoint's events go: a process is a group of tracks, a thread is a track. */
export interface Track {
  readonly pid: number;
  readonly tid: number;
}

/**
 * All events of an endpoint, its flow arrows to the peer's track included.
 *
 * Slices of one track must not overlap, so a state begins no earlier than the one before it
 * ended. A flow runs from the sender's to the receiver's track where both saw the wave, from the
 * last time that the segment was sent before it came; the format binds its ends to the slices
 * around them.
 */
export function* endpointEvents(
  endpoint: Endpoint,
  track: Track,
  peerTrack: Track | null,
  endNs: Nanoseconds,
): Generator<ChromeEvent> {
  yield* slices(endpoint, track, endNs);
  for (const wave of endpoint.waves) {
    if (wave.at === null) continue;
    const { n, by, evidence, retransmits } = wave;
    yield instant(`${wave.segment} (${n})`, "wave", wave.at, track, { by, evidence, retransmits });
    if (peerTrack !== null) yield* flow(endpoint, wave, wave.at, track, peerTrack);
  }
  for (const { at, kind, cause, attempt, rtoMs } of endpoint.resends) {
    yield instant(`${kind} again`, "retransmit", at, track, { cause, attempt, rtoMs });
  }
  if (endpoint.reset !== null) {
    const { at, direction, reason } = endpoint.reset;
    yield instant(`RST ${direction}`, "reset", at, track, {
      reason: reason === null ? null : safeProse(reason),
    });
  }
}

function* slices(endpoint: Endpoint, track: Track, endNs: Nanoseconds): Generator<ChromeEvent> {
  let free = 0;
  for (const { state, from, to, evidence, atLeast } of endpoint.phases) {
    const begin = Math.max(from, free);
    const end = Math.max(begin, to ?? endNs);
    free = end;
    const args = { evidence, olderThanTrace: atLeast, lasts: to === null };
    yield slice(state, begin, end, track, args);
  }
}

function* flow(
  { id, peer, resends }: Endpoint,
  wave: Wave,
  firstSentAt: Nanoseconds,
  from: Track,
  to: Track,
): Generator<ChromeEvent> {
  const taken = peer?.waves.find(
    (other) => other.segment === wave.segment && other.by === "remote",
  );
  if (wave.by !== "local" || taken?.at == null) return;
  const arrivedAt = taken.at;
  const again =
    wave.segment === "FIN"
      ? resends.findLast(({ kind, at }) => kind.endsWith("FIN") && at <= arrivedAt)
      : undefined;
  const sentAt = again?.at ?? firstSentAt;
  const common = { name: wave.segment, cat: "flow", id: `${id}.${wave.n}` };
  const isLast = peer?.endedAt === taken.at;
  const takenAt = Math.max(sentAt, isLast ? taken.at - 1 : taken.at);
  yield { ...common, ph: "s", ts: sentAt / 1000, ...from };
  yield { ...common, ph: "f", bp: "e", ts: takenAt / 1000, ...to };
}

/** Findings as a group of their own; they may overlap, so they are asynchronous slices. */
export function* findingEvents(
  findings: readonly Finding[],
  endNs: Nanoseconds,
): Generator<ChromeEvent> {
  const track = { pid: 1, tid: 1 };
  if (findings.length === 0) return;
  yield { ph: "M", name: "process_name", pid: track.pid, args: { name: "findings" } };
  for (const { id, kind, severity, since, until, summary } of findings) {
    const common = { name: `${kind} (${severity})`, cat: "finding", id: safeName(id), ...track };
    yield { ...common, ph: "b", ts: since / 1000, args: { summary: safeProse(summary) } };
    yield { ...common, ph: "e", ts: Math.max(since, until ?? endNs) / 1000 };
  }
}

function slice(
  name: string,
  begin: Nanoseconds,
  end: Nanoseconds,
  { pid, tid }: Track,
  args: object,
): ChromeEvent {
  const times = { ts: begin / 1000, dur: (end - begin) / 1000 };
  return { ph: "X", name, cat: "state", ...times, pid, tid, args };
}

function instant(
  name: string,
  cat: string,
  at: Nanoseconds,
  { pid, tid }: Track,
  args: object,
): ChromeEvent {
  return { ph: "i", s: "t", name, cat, ts: at / 1000, pid, tid, args };
}
