/** Advances one endpoint by one kernel state change. */

import type { Nanoseconds, TransitionEvent } from "../event/trace-event.ts";
import { applyLate } from "./apply-late.ts";
import { assignOwner } from "./apply-owner.ts";
import { type CloseOutcome, decodeClose } from "./close-truth.ts";
import {
  becomeMini,
  type CoreState,
  endEndpoint,
  enterState,
  noteFigures,
  sysctlOf,
  TIME_WAIT_NS,
} from "./core-state.ts";
import type { ResetMark, Trigger } from "./endpoint.ts";
import type { EndpointRecord } from "./endpoint-record.ts";
import { assumePast, beginLife, identify, isBirth } from "./identify.ts";
import { pair } from "./pairing.ts";
import { noteWave } from "./waves.ts";

/** An RST and the state change that belongs to it lie within a millisecond, in either order. */
export const RESET_JOIN_NS = 1e6;

/** Apply a change of state. Listening sockets are kept apart, they are no endpoints. */
export function applyTransition(core: CoreState, event: TransitionEvent): void {
  core.transitions++;
  if (event.to === "LISTEN" || (event.from === "LISTEN" && event.to === "CLOSE")) {
    core.listeners.apply(event);
    return;
  }
  // MPTCP announces its own CLOSE -> CLOSE and shadows of LISTEN on subflow sockets.
  if (event.from === "CLOSE" && event.to !== "SYN_SENT") return;
  if (applyLate(core, event)) return;
  const endpoint = isBirth(event) ? beginLife(core, event) : identify(core, event);
  if (!isBirth(event) && endpoint.state !== event.from) missedSome(core, endpoint, event);
  endpoint.touchedAt = event.t;
  noteFigures(endpoint, event);
  if (event.inode) noteInode(core, endpoint, event);
  if (event.inProcess && !isOnBehalf(event)) assignOwner(endpoint, event);
  if (event.from === event.to) orphaned(endpoint);
  else advance(core, endpoint, event);
}

/**
 * Whether the task acts on another's socket: an administrator destroys it, or MPTCP's worker
 * closes a subflow that the application has closed (`net/mptcp/protocol.c:mptcp_worker`).
 *
 * Who opens a connection owns it, a worker of the kernel too: NFS connects so.
 */
function isOnBehalf(event: TransitionEvent): boolean {
  return event.error === 103 || (!isBirth(event) && event.comm.startsWith("kworker/"));
}

/** Holders are looked up where the application must act: it has one direction left to close. */
function noteInode(core: CoreState, endpoint: EndpointRecord, event: TransitionEvent): void {
  if (event.to === "CLOSE_WAIT" || event.to === "FIN_WAIT2")
    core.table.indexInode(endpoint, event.inode as number);
  else endpoint.inode ??= event.inode as number;
}

/** An event of this socket is missing: take the kernel's word for where it is now. */
function missedSome(core: CoreState, endpoint: EndpointRecord, event: TransitionEvent): void {
  endpoint.isComplete = false;
  enterState(core, endpoint, event.from, event.t, "inferred", true);
  assumePast(endpoint, event.t);
}

/**
 * close() after shutdown() announces the same state again (`net/ipv4/tcp.c:tcp_close_state`):
 * from now on no process holds it, and the FIN was shutdown()'s.
 */
function orphaned(endpoint: EndpointRecord): void {
  endpoint.orphan = true;
  endpoint.trigger = "shutdown";
}

function advance(core: CoreState, endpoint: EndpointRecord, event: TransitionEvent): void {
  const { t } = event;
  if (event.to === "CLOSE") {
    close(core, endpoint, event);
    return;
  }
  if (!isBirth(event)) enterState(core, endpoint, event.to, t, "observed");
  if (event.orphan) endpoint.orphan = true;
  switch (event.to) {
    case "SYN_RECV":
    case "ESTABLISHED":
      pair(core.table, endpoint);
      break;
    case "FIN_WAIT1":
      endpoint.role = "active";
      sendFin(endpoint, event, 1);
      break;
    case "FIN_WAIT2":
      noteWave(endpoint, 2, "remote", t, "observed");
      break;
    case "CLOSING":
      endpoint.role = "simultaneous";
      noteWave(endpoint, 3, "remote", t, "observed");
      noteWave(endpoint, 4, "local", t, "inferred");
      break;
    case "CLOSE_WAIT":
      endpoint.role = "passive";
      endpoint.teardownAt ??= t;
      noteWave(endpoint, 1, "remote", t, "observed");
      noteWave(endpoint, 2, "local", t, "inferred");
      readQueue(endpoint, event);
      break;
    case "LAST_ACK":
      endpoint.unread = null;
      endpoint.unreadBytes = null;
      sendFin(endpoint, event, 3);
      break;
    default:
      break;
  }
}

/** This end's FIN goes out: by shutdown(SHUT_WR), by close(), or because the process died. */
function sendFin(endpoint: EndpointRecord, event: TransitionEvent, n: 1 | 3): void {
  endpoint.teardownAt ??= event.t;
  noteWave(endpoint, n, "local", event.t, "observed");
  endpoint.trigger = triggerOf(event);
  // close() with SO_LINGER waits inside the call; until it returns the process holds it.
  if ((endpoint.trigger === "close" || endpoint.trigger === "exit") && !event.linger) {
    endpoint.orphan = true;
  }
}

/** How this end's FIN was sent; null where the kernel does not tell. */
export function triggerOf(event: TransitionEvent): Trigger | null {
  if (event.closing === undefined) return null;
  if (!event.closing) return "shutdown";
  return event.exiting ? "exit" : "close";
}

/** The receive queue when the peer's FIN came: it counts the FIN as one byte. */
function readQueue(endpoint: EndpointRecord, event: TransitionEvent): void {
  if (event.recvQ === undefined) return;
  endpoint.unreadBytes = Math.max(0, event.recvQ - 1);
  endpoint.unread =
    event.inode === 0 ? "not-accepted" : event.recvQ > 1 ? "data-unread" : "fin-unread";
}

function close(core: CoreState, endpoint: EndpointRecord, event: TransitionEvent): void {
  const reset =
    endpoint.reset !== null && event.t - endpoint.reset.at <= RESET_JOIN_NS ? endpoint.reset : null;
  core.justClosed.set(event.sk, endpoint);
  if (event.orphan === false && event.closing === false) core.heldClosed.set(event.sk, endpoint);
  notePortFailure(core, endpoint, event);
  settle(core, endpoint, event, decodeClose(event, reset), reset);
}

/** Carry out what a change to CLOSE really meant. */
function settle(
  core: CoreState,
  endpoint: EndpointRecord,
  event: TransitionEvent,
  outcome: CloseOutcome,
  reset: ResetMark | null,
): void {
  const { t } = event;
  if (event.orphan || event.closing) endpoint.orphan = true;
  if (outcome.next === "CLOSE") {
    if (outcome.trigger !== undefined && endpoint.trigger === null) {
      endpoint.trigger = outcome.trigger;
      endpoint.orphan = true;
    }
    if (outcome.note !== undefined) endpoint.note ??= outcome.note;
    if (outcome.verdict === "graceful") noteWave(endpoint, 4, "remote", t, "observed");
    if (reset !== null) endpoint.teardownAt ??= reset.at;
    endEndpoint(core, endpoint, t, outcome.verdict);
    return;
  }
  if (outcome.next === "TIME_WAIT") enterTimeWait(core, endpoint, t, t);
  else waitAsMini(core, endpoint, t, outcome.isCertain);
}

/**
 * TIME_WAIT has begun: the peer's FIN is in and our ACK of it is out
 * (`net/ipv4/tcp_minisocks.c:tcp_time_wait`). It lasts a constant 60 s from here.
 */
export function enterTimeWait(
  core: CoreState,
  endpoint: EndpointRecord,
  at: Nanoseconds,
  finAt: Nanoseconds | null,
  evidence: "observed" | "snapshot" | "inferred" = "observed",
): void {
  if (endpoint.state === "CLOSING") noteWave(endpoint, 2, "remote", at, evidence);
  noteWave(endpoint, 3, "remote", finAt, evidence === "snapshot" ? "inferred" : evidence);
  noteWave(endpoint, 4, "local", finAt, "inferred");
  if (endpoint.role === "none") endpoint.role = "active";
  endpoint.verdict = "graceful";
  enterState(core, endpoint, "TIME_WAIT", at, evidence);
  becomeMini(core, endpoint, TIME_WAIT_NS, at);
  core.table.pack(endpoint);
  if (core.keepsSettled) core.settled.push({ at, endpoint });
}

/**
 * The orphan waits on for the peer's FIN as a mini-socket: the socket table still shows
 * FIN_WAIT2. tcp_fin_timeout is its life, less 60 s when it is above (the full socket has
 * waited the other part; `net/ipv4/tcp_timer.c:tcp_keepalive_timer`).
 */
function waitAsMini(
  core: CoreState,
  endpoint: EndpointRecord,
  at: Nanoseconds,
  isCertain: boolean,
): void {
  endpoint.judgePhase(isCertain ? "observed" : "inferred");
  if (!isCertain) endpoint.note ??= "FIN_WAIT2 or TIME_WAIT: this kernel does not tell";
  const seconds = Number(sysctlOf(core, endpoint.netns, "net.ipv4.tcp_fin_timeout") ?? 60);
  const lifetime = seconds > 60 ? seconds - 60 : seconds;
  becomeMini(core, endpoint, (Number.isFinite(lifetime) ? lifetime : 60) * 1e9, at);
}

/** connect() without a free port: SYN_SENT -> CLOSE at once, the source port still 0. */
function notePortFailure(core: CoreState, endpoint: EndpointRecord, event: TransitionEvent): void {
  if (event.from !== "SYN_SENT" || event.localPort !== 0 || event.error) return;
  core.portFailures.push({
    at: event.t,
    netns: event.netns,
    local: event.local,
    remote: event.remote,
    remotePort: event.remotePort,
    pid: event.pid,
    comm: event.comm,
    endpoint: endpoint.id,
  });
  if (core.portFailures.length > 1000) core.portFailures.shift();
}
