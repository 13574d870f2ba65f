/** Applies single segments: re-sends, resets, ends of stream, what a mini-socket takes in. */

import type {
  DestroyEvent,
  MiniEndEvent,
  MiniSegmentEvent,
  ReadEvent,
  ResetEvent,
  RetransmitEvent,
} from "../event/trace-event.ts";
import { enterTimeWait, RESET_JOIN_NS } from "./apply-transition.ts";
import { DATA_WITH_ACK, dataAfterClose } from "./close-truth.ts";
import {
  armMini,
  becomeMini,
  type CoreState,
  endEndpoint,
  enterState,
  TIME_WAIT_NS,
} from "./core-state.ts";
import type { ResendKind } from "./endpoint.ts";
import type { EndpointRecord } from "./endpoint-record.ts";
import { assumePast, endpointOfSegment } from "./identify.ts";
import { lostWaveOf, noteResentFin } from "./waves.ts";

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;
const MAX_RESENDS = 256;

/** A segment was sent again. One that failed locally was never on the wire and is not counted. */
export function applyRetransmit(core: CoreState, event: RetransmitEvent): void {
  if (event.failed) return;
  core.segmentsResent++;
  const endpoint = endpointOfSegment(core, event);
  const kind = kindOf(event);
  core.resends[kind === "DATA+FIN" ? "FIN" : kind]++;
  if (endpoint === undefined) return;
  endpoint.touchedAt = event.t;
  if (event.orphan) endpoint.orphan = true;
  const isFin = kind === "FIN" || kind === "DATA+FIN";
  const attempt =
    1 + endpoint.resends.filter((r) => (isFin ? isFinKind(r.kind) : r.kind === kind)).length;
  if (endpoint.resends.length < MAX_RESENDS) {
    const { t: at, cause, rtoMs, orphan } = event;
    endpoint.resends = [
      ...endpoint.resends,
      { at, kind, cause, attempt, rtoMs: rtoMs ?? null, orphan: orphan ?? endpoint.orphan },
    ];
  }
  if (!isFin) return;
  noteResentFin(endpoint, "local");
  endpoint.lostWave ??= lostWaveOf(endpoint, event.t);
  if (endpoint.peer !== null) endpoint.peer.lostWave ??= endpoint.lostWave;
  core.finTroubled.add(endpoint);
}

function isFinKind(kind: ResendKind): boolean {
  return kind === "FIN" || kind === "DATA+FIN";
}

/** From the segment's own flags; where they cannot be read, from the state alone. */
function kindOf(event: RetransmitEvent): ResendKind {
  if (event.flags === null) return event.state === "SYN_SENT" ? "SYN" : "DATA";
  if (event.flags & SYN) return "SYN";
  if (event.flags & FIN) return (event.length ?? 0) > 0 ? "DATA+FIN" : "FIN";
  return "DATA";
}

/** An RST went out or was taken. It may come just before or just after the state change. */
export function applyReset(core: CoreState, event: ResetEvent): void {
  core.resetsSeen++;
  if (event.state === "TIME_WAIT") {
    resetMini(core, event);
    return;
  }
  const endpoint = endpointOfSegment(core, event);
  if (endpoint !== undefined && !endpoint.isMini) {
    endpoint.reset = { at: event.t, direction: event.direction, reason: event.reason };
    return;
  }
  const closed = event.sk === null ? undefined : core.justClosed.get(event.sk);
  if (closed === undefined || event.t - closed.touchedAt > RESET_JOIN_NS) return;
  amendByReset(core, closed, event);
}

/** The RST that follows a CLOSE tells what the CLOSE was. */
function amendByReset(core: CoreState, endpoint: EndpointRecord, event: ResetEvent): void {
  endpoint.reset = { at: event.t, direction: event.direction, reason: event.reason };
  if (event.direction !== "sent") return;
  if (endpoint.isMini && endpoint.state === "FIN_WAIT2") {
    // Data with the ACK, TCP_LINGER2 < 0 or want of memory: no mini-socket was made after all.
    if (event.reason === "TCP_ABORT_ON_DATA") endpoint.note = DATA_WITH_ACK;
    endEndpoint(core, endpoint, endpoint.touchedAt, "reset-sent");
    return;
  }
  if (event.reason === "TCP_ABORT_ON_DATA" && endpoint.verdict === "reset-received") {
    const outcome = dataAfterClose();
    endpoint.verdict = outcome.verdict;
    endpoint.note = outcome.note ?? endpoint.note;
    return;
  }
  if (event.reason === "TCP_ABORT_ON_CLOSE" && endpoint.trigger !== "exit") {
    endpoint.trigger = "unread-data";
  }
  if (event.reason === "TCP_ABORT_ON_MEMORY") {
    endpoint.verdict = "reset-sent";
    core.resets.note(endpoint);
  }
}

/** Data came for a mini-socket in FIN_WAIT2: it answers with RST and dies. */
function resetMini(core: CoreState, event: ResetEvent): void {
  const endpoint = core.table.byTuple(event);
  if (endpoint === undefined || !endpoint.isMini) return;
  endpoint.reset = { at: event.t, direction: "sent", reason: event.reason };
  if (endpoint.state === "FIN_WAIT2") {
    endpoint.note ??= "data arrived after the application had closed; the kernel answered with RST";
    endEndpoint(core, endpoint, event.t, "reset-sent");
  }
}

/**
 * close() of a descriptor whose full socket had ended before. A mini-socket that still waits has
 * lost its holder; an endpoint that is gone had one when it ended, and that stands.
 */
export function applyDestroy(core: CoreState, event: DestroyEvent): void {
  const endpoint = core.heldClosed.get(event.sk);
  if (endpoint === undefined) return;
  core.heldClosed.delete(event.sk);
  if (endpoint.endedAt !== null) return;
  endpoint.orphan = true;
  if (endpoint.state === "TIME_WAIT") core.table.pack(endpoint);
}

/** A read emptied the queue; at 0 bytes the application knows that the peer has finished. */
export function applyRead(core: CoreState, event: ReadEvent): void {
  const endpoint = core.table.bySocket(event.sk);
  if (endpoint === undefined) return;
  endpoint.touchedAt = event.t;
  if (event.bytes === 0) endpoint.eofRead = true;
  endpoint.lastReadAt = event.t;
  if (endpoint.state === "CLOSE_WAIT") {
    endpoint.unread = "drained";
    endpoint.unreadBytes = 0;
  }
}

/**
 * A mini-socket took in a segment (`net/ipv4/tcp_minisocks.c:tcp_timewait_state_process`).
 *
 * FIN in FIN_WAIT2 begins TIME_WAIT; every acceptable segment in TIME_WAIT re-arms its 60 s,
 * and another FIN means that our ACK, wave 4, was lost. RST kills either, TIME_WAIT only
 * without tcp_rfc1337: whether it did, the mini-socket itself told.
 */
export function applyMiniSegment(core: CoreState, event: MiniSegmentEvent): void {
  const endpoint = core.table.byTuple(event);
  if (endpoint === undefined || endpoint.endedAt !== null) return;
  const { t, flags } = event;
  endpoint.touchedAt = t;
  if (!endpoint.isMini) {
    // The mini-socket is known to exist, so the full socket's last event was missed.
    endpoint.isComplete = false;
    enterTimeWaitOrWait(core, endpoint, event);
    if (event.isAlive) return;
  }
  if (!event.isAlive) {
    killed(core, endpoint, event);
    return;
  }
  if (endpoint.state === "FIN_WAIT2") {
    if (event.substate === "TIME_WAIT") enterTimeWait(core, endpoint, t, t);
    return;
  }
  if (flags & FIN) {
    noteResentFin(endpoint, "remote");
    endpoint.lostWave = 4;
    if (endpoint.peer !== null) endpoint.peer.lostWave = 4;
  }
  if (flags & ACK) armMini(core, endpoint, t + TIME_WAIT_NS);
}

function enterTimeWaitOrWait(
  core: CoreState,
  endpoint: EndpointRecord,
  event: MiniSegmentEvent,
): void {
  const { t } = event;
  if (event.substate === "TIME_WAIT") enterTimeWait(core, endpoint, t, t);
  else {
    if (endpoint.state !== "FIN_WAIT2") {
      enterState(core, endpoint, "FIN_WAIT2", t, "inferred", true);
    }
    becomeMini(core, endpoint, TIME_WAIT_NS, t);
  }
  assumePast(endpoint, t);
}

/** By an RST, or by data that it answered with one (which tcp_send_reset tells just before). */
function killed(core: CoreState, endpoint: EndpointRecord, event: MiniSegmentEvent): void {
  const isReceived = (event.flags & RST) !== 0;
  const direction = isReceived ? "received" : "sent";
  endpoint.reset = { at: event.t, direction, reason: null };
  if (endpoint.state === "TIME_WAIT") {
    endpoint.note ??= "TIME_WAIT ended early: killed by an RST";
  }
  endEndpoint(core, endpoint, event.t, isReceived ? "reset-received" : "reset-sent");
}

/** The mini-socket's timer ran out; its substate tells what it had been waiting in. */
export function applyMiniEnd(core: CoreState, event: MiniEndEvent): void {
  const endpoint = core.table.byTuple(event);
  if (endpoint === undefined || !endpoint.isMini) return;
  endpoint.touchedAt = event.t;
  if (event.substate === "TIME_WAIT" && endpoint.state === "FIN_WAIT2") {
    // Its FIN was not seen, but TIME_WAIT began 60 s before its timer ran out.
    const since = endpoint.enteredAt ?? event.t;
    enterTimeWait(core, endpoint, Math.max(since, event.t - TIME_WAIT_NS), null, "inferred");
  }
  endEndpoint(core, endpoint, event.t, endpoint.state === "TIME_WAIT" ? "graceful" : "timed-out");
}
