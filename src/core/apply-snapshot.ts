/** Joins the kernel's socket table with what the events have told. */

import { CLOSING_STATES } from "../event/tcp-state.ts";
import type { Nanoseconds, SnapshotEndEvent, SnapshotEvent } from "../event/trace-event.ts";
import { enterTimeWait } from "./apply-transition.ts";
import { armMini, becomeMini, type CoreState, endEndpoint, enterState } from "./core-state.ts";
import { isCountedOnly } from "./counted-only.ts";
import type { EndpointRecord } from "./endpoint-record.ts";
import { noteFinHold } from "./fin-hold.ts";
import { assumePast } from "./identify.ts";
import { noteFlow } from "./open-flow.ts";
import { pair } from "./pairing.ts";

/** Apply one row. An event that is newer than the row's dump wins over it. */
export function applySnapshot(core: CoreState, row: SnapshotEvent): void {
  if (row.state === "LISTEN") {
    core.listeners.add(row, row.inode);
    return;
  }
  // A request socket: no transition announces it, so it is not ours to track.
  if (row.state === "SYN_RECV" || row.state === "NEW_SYN_RECV") return;
  if (row.state === "CLOSE") {
    applyAbsence(core, row);
    return;
  }
  const known = core.table.byTuple(row) ?? withoutPort(core, row);
  if (known === undefined && isCountedOnly(core, row)) return;
  // The row was read before its socket ended; it would raise the dead.
  if (known === undefined && core.table.hasEndedSince(row, row.since)) return;
  const endpoint = known ?? discover(core, row);
  endpoint.lastDump = Math.max(endpoint.lastDump, row.dump);
  if (row.inode > 0) core.table.indexInode(endpoint, row.inode);
  if (endpoint.touchedAt >= row.since) return;
  if (endpoint.state !== row.state) correct(core, endpoint, row);
  else confirm(core, endpoint, row);
}

/** The whole table was read and did not list it. What bind() alone leaves has no remote port. */
function applyAbsence(core: CoreState, row: SnapshotEvent): void {
  const known = core.table.byTuple(row);
  if (known === undefined || known.touchedAt >= row.since || known.bornAt >= row.since) return;
  vanish(core, known, row.t);
}

/**
 * A connect() whose event had no source port yet: the file is the same, and the destination, as an
 * inode is given again. It may have come further since, where the probe's next run was skipped.
 */
function withoutPort(core: CoreState, row: SnapshotEvent): EndpointRecord | undefined {
  if (row.inode === 0) return undefined;
  for (const endpoint of core.table.inState("SYN_SENT")) {
    if (endpoint.localPort !== 0 || endpoint.inode !== row.inode) continue;
    if (endpoint.remotePort !== row.remotePort || endpoint.remote !== row.remote) continue;
    if (endpoint.netns !== row.netns) continue;
    core.table.retuple(endpoint, row);
    return endpoint;
  }
  return undefined;
}

/** A socket that is older than the trace: its ages are "at least". */
function discover(core: CoreState, row: SnapshotEvent): EndpointRecord {
  const endpoint = core.table.add(row, null, row.state, row.t);
  endpoint.touchedAt = row.since - 1;
  enterState(core, endpoint, row.state, row.t, "snapshot", true);
  assumePast(endpoint, row.t);
  confirm(core, endpoint, row);
  pair(core.table, endpoint);
  if (row.state === "TIME_WAIT") core.table.pack(endpoint);
  return endpoint;
}

/** The row agrees: take its queue, its inode and its timer. */
function confirm(core: CoreState, endpoint: EndpointRecord, row: SnapshotEvent): void {
  const isMini = row.timer === "timewait";
  if (isMini && !endpoint.isMini) {
    endpoint.orphan = true;
    becomeMini(core, endpoint, (row.timerMs ?? 60_000) * 1e6, row.t);
  }
  if (!isMini && row.inode === 0 && CLOSING_STATES.has(row.state) && row.state !== "CLOSE_WAIT") {
    endpoint.orphan = true;
  }
  if (row.state === "CLOSE_WAIT") readQueue(endpoint, row);
  noteFlow(endpoint, row);
  noteFinHold(endpoint, row);
}

/** `Recv-Q` of a CLOSE_WAIT row is `rcv_nxt - copied_seq`: the FIN counts as one. */
function readQueue(endpoint: EndpointRecord, row: SnapshotEvent): void {
  endpoint.unreadBytes = Math.max(0, row.recvQ - 1);
  if (row.inode === 0) endpoint.unread = "not-accepted";
  else if (row.recvQ === 0) endpoint.unread = "drained";
  else endpoint.unread = row.recvQ === 1 ? "fin-unread" : "data-unread";
}

/** The row disagrees: an event is missing, or no event tells of this change. */
function correct(core: CoreState, endpoint: EndpointRecord, row: SnapshotEvent): void {
  if (row.state === "TIME_WAIT") {
    const isSilentChange = endpoint.isMini && endpoint.state === "FIN_WAIT2";
    if (!isSilentChange) endpoint.isComplete = false;
    enterTimeWait(core, endpoint, row.t, null, "snapshot");
    assumePast(endpoint, row.t);
    if (row.timerMs !== null) armMini(core, endpoint, row.t + row.timerMs * 1e6);
    return;
  }
  endpoint.isComplete = false;
  enterState(core, endpoint, row.state, row.t, "snapshot", true);
  assumePast(endpoint, row.t);
  confirm(core, endpoint, row);
}

/**
 * The dump is complete: an endpoint in its states and not in it is gone. Dumps are numbered as
 * they begin and may overlap: what a later one has listed was still there after this one began.
 */
export function applySnapshotEnd(core: CoreState, end: SnapshotEndEvent): void {
  for (const state of end.states) {
    for (const endpoint of [...core.table.inState(state)]) {
      if (endpoint.netns !== end.netns || endpoint.lastDump >= end.dump) continue;
      if (endpoint.touchedAt >= end.since || endpoint.bornAt >= end.since) continue;
      if (endpoint.localPort === 0) continue;
      vanish(core, endpoint, end.t);
    }
  }
}

function vanish(core: CoreState, endpoint: EndpointRecord, at: Nanoseconds): void {
  if (endpoint.isMini) {
    if (wasNeverMade(core, endpoint)) return;
    const isOver = endpoint.expiresAt !== null && endpoint.expiresAt <= at;
    if (endpoint.state === "TIME_WAIT") {
      if (!isOver) endpoint.note ??= "TIME_WAIT ended early; the socket table no longer lists it";
      endEndpoint(core, endpoint, at, "graceful");
    } else {
      endEndpoint(core, endpoint, at, isOver ? "timed-out" : "unknown");
    }
    return;
  }
  endpoint.isComplete = false;
  endpoint.note ??= "its end was not seen; the socket table no longer lists it";
  endEndpoint(core, endpoint, at, "unknown");
}

/**
 * Whether tcp_max_tw_buckets left the mini-socket unmade. `tcp_time_wait()` then only closes the
 * socket, which looks the same to the probes; the counter and the missing row tell.
 */
function wasNeverMade(core: CoreState, endpoint: EndpointRecord): boolean {
  const overflowAt = core.overflows.get(endpoint.netns);
  const phase = endpoint.phases.at(-1);
  if (overflowAt === undefined || phase === undefined || overflowAt < phase.from) return false;
  endpoint.note = "tcp_max_tw_buckets was full: the kernel kept no mini-socket";
  const at = phase.from;
  if (endpoint.state === "TIME_WAIT") endpoint.dropPhase();
  // As after tcp_fin_timeout: the kernel waits no more, and a late FIN gets an RST.
  endEndpoint(core, endpoint, at, endpoint.state === "TIME_WAIT" ? "graceful" : "timed-out");
  return true;
}
