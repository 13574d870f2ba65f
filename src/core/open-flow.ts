/** Whether data still moves on a connection of which one direction is shut. */

import type { TcpState } from "../event/tcp-state.ts";
import type { Nanoseconds, SnapshotEvent } from "../event/trace-event.ts";
import type { Endpoint } from "./endpoint.ts";

/** The direction that no FIN has shut: ours in CLOSE_WAIT, the peer's in FIN_WAIT2. */
export interface OpenFlow {
  readonly state: "CLOSE_WAIT" | "FIN_WAIT2";
  /** Bytes that it has carried, as last read: acknowledged ones of ours, received ones of theirs. */
  bytes: number;
  /** Bytes that it was seen to carry since the other direction was shut. */
  carried: number;
  /** Readings that found more than the reading before. */
  moves: number;
  /** The last of those, null when there is none. */
  movedAt: Nanoseconds | null;
}

/**
 * Take the byte counts of a row of the socket table (`struct tcp_info`).
 *
 * No event tells that data moves; two readings do. The first is compared with what the state
 * change said: `bytes_acked` may have been short of `bytes_sent` then, never above it but for the
 * SYN of connect(), which it counts. Only acknowledged bytes count as carried: a peer that is
 * gone lets `bytes_sent` grow too.
 */
export function noteFlow(endpoint: Endpoint, row: SnapshotEvent): void {
  if (row.lastSentMs !== undefined) endpoint.lastSentAt = row.t - row.lastSentMs * 1e6;
  if (row.lastReceivedMs !== undefined) endpoint.lastReceivedAt = row.t - row.lastReceivedMs * 1e6;
  const bytes = openBytes(endpoint, row);
  if (bytes === undefined) return;
  const state = endpoint.state as OpenFlow["state"];
  if (endpoint.flow?.state !== state) {
    const start = bytesAtEntry(endpoint) ?? bytes;
    endpoint.flow = { state, bytes: start, carried: 0, moves: 0, movedAt: null };
  }
  const { flow } = endpoint;
  if (bytes <= flow.bytes) return;
  flow.carried += bytes - flow.bytes;
  flow.bytes = bytes;
  flow.moves++;
  flow.movedAt = row.t;
}

/** A stream that moves all the time is told of this often. */
const TOLD_EVERY_NS = 10e9;

/** Whether a row has byte counts that the endpoint's story lacks. */
export function isFlowNews(endpoint: Endpoint, row: SnapshotEvent): boolean {
  if (row.lastSentMs !== undefined && endpoint.lastSentAt === undefined) return true;
  const bytes = openBytes(endpoint, row);
  if (bytes === undefined) return false;
  const known = endpoint.flow?.state === endpoint.state ? endpoint.flow : null;
  const before = known?.bytes ?? bytesAtEntry(endpoint);
  if (before === null) return true;
  return bytes > before && row.t - (known?.movedAt ?? Number.NEGATIVE_INFINITY) >= TOLD_EVERY_NS;
}

/** The row's count of the direction that is open in this state. */
function openBytes({ state, isMini }: Endpoint, row: SnapshotEvent): number | undefined {
  if (row.state !== state || isMini) return undefined;
  if (state === "CLOSE_WAIT") return row.bytesAcked;
  return state === "FIN_WAIT2" ? row.bytesReceived : undefined;
}

/** What had gone at the state change, where the socket told it then. */
function bytesAtEntry(endpoint: Endpoint): number | null {
  const { state, direction, phases, bytesSent, bytesReceived } = endpoint;
  if (phases.at(-1)?.evidence !== "observed") return null;
  if (state === "FIN_WAIT2") return bytesReceived;
  if (bytesSent === null) return null;
  return direction === "in" ? bytesSent : bytesSent + 1;
}

/**
 * The open direction during a stay in `state`, as this end counts it or its peer on this host:
 * what CLOSE_WAIT sends, FIN_WAIT2 receives. Of two counts the one that moved last; null where
 * nobody counted.
 */
export function flowOf({ flow, peer }: Endpoint, state: TcpState): OpenFlow | null {
  const own = flow?.state === state ? flow : null;
  const facing = state === "CLOSE_WAIT" ? "FIN_WAIT2" : "CLOSE_WAIT";
  const other = peer?.flow?.state === facing ? peer.flow : null;
  return (own?.movedAt ?? 0) >= (other?.movedAt ?? 0) ? (own ?? other) : other;
}
