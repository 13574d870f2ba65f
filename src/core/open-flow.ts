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
  const { state } = endpoint;
  if (state !== "CLOSE_WAIT" && (state !== "FIN_WAIT2" || endpoint.isMini)) return;
  const bytes = state === "CLOSE_WAIT" ? row.bytesAcked : row.bytesReceived;
  if (bytes === undefined) return;
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

/** What had gone at the state change, where the socket told it then. */
function bytesAtEntry({ state, phases, bytesSent, bytesReceived }: Endpoint): number | null {
  if (phases.at(-1)?.evidence !== "observed") return null;
  if (state === "FIN_WAIT2") return bytesReceived;
  return bytesSent === null ? null : bytesSent + 1;
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
