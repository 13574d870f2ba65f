/** Which endpoint an event speaks of: sockets are recycled, tuples reused, ports come late. */

import type { SocketTuple, TransitionEvent } from "../event/trace-event.ts";
import { unmappedAddress } from "../event/tuple.ts";
import { becomeMini, type CoreState, endEndpoint, enterState, TIME_WAIT_NS } from "./core-state.ts";
import type { EndpointRecord } from "./endpoint-record.ts";
import { noteWave } from "./waves.ts";

/** Whether a change of state begins a new life: connect(), or a child of a listener. */
export function isBirth(event: TransitionEvent): boolean {
  return event.to === "SYN_SENT" || event.from === "LISTEN";
}

/** Which end a birth is of: who connects goes out. */
export function directionOf({ to }: TransitionEvent): "in" | "out" {
  return to === "SYN_SENT" ? "out" : "in";
}

/**
 * Begin a new life. Whoever had the socket address or the tuple before is over: a mini-socket
 * was reused (by connect(), or by a SYN that the listener took), a full socket's end was missed.
 */
export function beginLife(core: CoreState, event: TransitionEvent): EndpointRecord {
  const { table } = core;
  const stale = table.bySocket(event.sk);
  core.heldClosed.delete(event.sk);
  if (stale !== undefined) loseSocket(core, stale, event.t);
  if (event.localPort !== 0) retireTuple(core, event, event.t);
  const endpoint = table.add(event, event.sk, event.to, event.t);
  endpoint.direction = directionOf(event);
  endpoint.enterPhase(event.to, event.t, "observed", false);
  return endpoint;
}

/**
 * Find the endpoint of an event, or make one for a socket that is older than all we know.
 *
 * A socket known from the socket table has a tuple but no address yet: the first event joins
 * them. The first event may also bring the source port, which is 0 at SYN_SENT
 * (`net/ipv4/tcp_ipv4.c:tcp_v4_connect` chooses it after the state change), or, where the probe
 * cannot look into the socket, that of a connect() of the same socket that failed.
 */
export function identify(core: CoreState, event: TransitionEvent): EndpointRecord {
  const { table } = core;
  const known = table.bySocket(event.sk);
  if (known !== undefined) {
    if (isSamePorts(known, event)) return known;
    if (!known.hasPorts || isPortOfBefore(known, event)) {
      retireTuple(core, event, event.t);
      table.retuple(known, event);
      return known;
    }
    if (event.localPort === 0 || event.remotePort === 0) return known;
    loseSocket(core, known, event.t);
  }
  const twin = table.byTuple(event);
  if (twin !== undefined && !twin.hasSocket && !twin.isMini) {
    table.attach(twin, event.sk);
    return twin;
  }
  if (twin !== undefined) retire(core, twin, event.t);
  return adopt(core, event);
}

/** Whether a socket in SYN_SENT has got its port only now: who opens has one remote end. */
export function isPortOfBefore(
  known: Pick<EndpointRecord, "state" | "tuple">,
  event: TransitionEvent,
): boolean {
  const isOpening = known.state === "SYN_SENT" && event.from === "SYN_SENT";
  return isOpening && isSameRemote(known.tuple, event);
}

/**
 * Find the endpoint that a single segment belongs to, or undefined.
 *
 * An address alone proves nothing once an end has been missed: its tuple must agree. A SYN that
 * is sent again may be the first to bring the source port.
 */
export function endpointOfSegment(
  core: CoreState,
  segment: SocketTuple & { readonly sk: string | null },
): EndpointRecord | undefined {
  const { table } = core;
  const known = segment.sk === null ? undefined : table.bySocket(segment.sk);
  if (known === undefined) return table.byTuple(segment);
  if (isSameRemote(known, segment)) {
    if (known.localPort === segment.localPort || segment.localPort === 0) return known;
    if (known.localPort === 0) {
      retireTuple(core, segment, known.touchedAt);
      table.retuple(known, segment);
      return known;
    }
  }
  return table.byTuple(segment);
}

/** The no-BTF re-send does not tell an IPv4 socket from an IPv6 one that speaks IPv4. */
function isSameRemote(a: SocketTuple, b: SocketTuple): boolean {
  return a.remotePort === b.remotePort && unmappedAddress(a.remote) === unmappedAddress(b.remote);
}

/** A socket that lived before the first event of it. */
function adopt(core: CoreState, event: TransitionEvent): EndpointRecord {
  const endpoint = core.table.add(event, event.sk, event.from, event.t);
  enterState(core, endpoint, event.from, event.t, "inferred", true);
  assumePast(endpoint, event.t);
  return endpoint;
}

/** What a state, first seen at `at`, says of the FINs that must have gone before it. */
export function assumePast(endpoint: EndpointRecord, at: number): void {
  switch (endpoint.state) {
    case "FIN_WAIT2":
    case "TIME_WAIT":
      if (endpoint.role === "none") endpoint.role = "active";
      noteWave(endpoint, 1, "local", null, "inferred");
      noteWave(endpoint, 2, "remote", null, "inferred");
      break;
    case "FIN_WAIT1":
      endpoint.role = "active";
      noteWave(endpoint, 1, "local", null, "inferred");
      break;
    case "CLOSING":
      endpoint.role = "simultaneous";
      noteWave(endpoint, 1, "local", null, "inferred");
      noteWave(endpoint, 3, "remote", null, "inferred");
      break;
    case "CLOSE_WAIT":
    case "LAST_ACK":
      endpoint.role = "passive";
      noteWave(endpoint, 1, "remote", null, "inferred");
      noteWave(endpoint, 2, "local", null, "inferred");
      if (endpoint.state === "LAST_ACK") noteWave(endpoint, 3, "local", null, "inferred");
      break;
    default:
      return;
  }
  if (endpoint.state === "TIME_WAIT") {
    noteWave(endpoint, 3, "remote", null, "inferred");
    noteWave(endpoint, 4, "local", null, "inferred");
    endpoint.verdict = "graceful";
  }
  endpoint.teardownAt ??= at;
}

function retireTuple(core: CoreState, tuple: SocketTuple, at: number): void {
  const twin = core.table.byTuple(tuple);
  if (twin !== undefined) retire(core, twin, at);
}

/**
 * The kernel's socket is another's now, and the event that said so was missed. From FIN_WAIT1 and
 * FIN_WAIT2 it nearly always leaves a mini-socket behind, which lives on under the same tuple: the
 * next reading of the table, or its timer, tells.
 */
function loseSocket(core: CoreState, endpoint: EndpointRecord, at: number): void {
  const { state, isMini } = endpoint;
  if (isMini || (state !== "FIN_WAIT1" && state !== "FIN_WAIT2")) {
    retire(core, endpoint, at);
    return;
  }
  endpoint.isComplete = false;
  endpoint.note ??= "its end was not seen; the socket was used again";
  if (state === "FIN_WAIT1") enterState(core, endpoint, "FIN_WAIT2", at, "inferred", true);
  else endpoint.judgePhase("inferred");
  assumePast(endpoint, at);
  becomeMini(core, endpoint, TIME_WAIT_NS, at);
}

/** End an endpoint whose place another has taken. */
export function retire(core: CoreState, endpoint: EndpointRecord, at: number): void {
  if (endpoint.isMini) {
    if (endpoint.state === "TIME_WAIT") endpoint.note ??= "TIME_WAIT ended early: tuple reused";
    endEndpoint(core, endpoint, at, endpoint.state === "TIME_WAIT" ? "graceful" : "unknown");
    return;
  }
  endpoint.isComplete = false;
  endpoint.note ??= "its end was not seen; the socket was used again";
  endEndpoint(core, endpoint, at, "unknown");
}

function isSamePorts(endpoint: EndpointRecord, event: TransitionEvent): boolean {
  return (
    endpoint.localPort === event.localPort &&
    endpoint.remotePort === event.remotePort &&
    endpoint.local === event.local &&
    endpoint.remote === event.remote
  );
}
