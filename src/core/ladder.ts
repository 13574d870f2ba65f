/** The teardown ladder: both ends of one connection, what went between them, what each became. */

import { safeText } from "../event/safe-text.ts";
import type { TcpState } from "../event/tcp-state.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import { formatEndpoint } from "../event/tuple.ts";
import type { Endpoint, LostWave } from "./endpoint.ts";
import { collectArrows } from "./ladder-arrows.ts";
import { placeChanges } from "./ladder-changes.ts";
import { type LadderRow, type LadderSide, otherSide } from "./ladder-row.ts";

/** A damaged recording may hold a longer one. */
const LONGEST_ADDRESS = 64;

/** One rail. */
export interface LadderEnd {
  /** `address:port`, safe to show. */
  readonly name: string;
  /** Null where the other end is not on this host; then the ladder claims no states of it. */
  readonly endpoint: Endpoint | null;
}

/** What an unfinished teardown waits for. */
export interface LadderWait {
  readonly segment: "FIN" | "ACK";
  readonly from: LadderSide;
  readonly forNs: Nanoseconds;
}

/** The whole ladder, rows in order of time. */
export interface Ladder {
  readonly left: LadderEnd & { readonly endpoint: Endpoint };
  readonly right: LadderEnd;
  readonly rows: readonly LadderRow[];
  readonly lostWave: LostWave | null;
  readonly waiting: LadderWait | null;
}

/**
 * Draw one connection as a ladder, with both ends where the other is on this host.
 *
 * Every row is a claim of an endpoint with that claim's evidence; nothing is added for beauty. A
 * sending stands at the time its sender names, at its arrival where only the receiver is seen.
 * Equal re-sends in a row without a change between them share one row.
 *
 * @param endNs end of the recording, or now: the end of what still lasts
 */
export function ladderOf(endpoint: Endpoint, endNs: Nanoseconds): Ladder {
  const { local, localPort, remote, remotePort } = endpoint.tuple;
  const left = { name: nameOf(local, localPort), endpoint };
  const right = { name: nameOf(remote, remotePort), endpoint: endpoint.peer };
  const rows = placeChanges(collectArrows(endpoint), endpoint, endNs);
  return {
    left,
    right,
    rows: withPauses(rows),
    lostWave: endpoint.lostWave ?? endpoint.peer?.lostWave ?? null,
    waiting: waitOf(endpoint, "left", endNs) ?? waitOf(endpoint.peer, "right", endNs),
  };
}

function nameOf(address: string, port: number): string {
  return formatEndpoint(safeText(address, { max: LONGEST_ADDRESS }), port);
}

function withPauses(rows: readonly LadderRow[]): LadderRow[] {
  let before: Nanoseconds | null = null;
  return rows.map((row) => {
    const afterNs: number | null = row.at === null || before === null ? null : row.at - before;
    before = row.until ?? before;
    return { ...row, afterNs };
  });
}

const WAITS: Partial<Record<TcpState, { segment: "FIN" | "ACK"; isOwn: boolean }>> = {
  FIN_WAIT1: { segment: "ACK", isOwn: false },
  FIN_WAIT2: { segment: "FIN", isOwn: false },
  CLOSING: { segment: "ACK", isOwn: false },
  LAST_ACK: { segment: "ACK", isOwn: false },
  CLOSE_WAIT: { segment: "FIN", isOwn: true },
};

function waitOf(
  endpoint: Endpoint | null,
  side: LadderSide,
  endNs: Nanoseconds,
): LadderWait | null {
  const wait = endpoint === null ? undefined : WAITS[endpoint.state];
  const phase = endpoint?.phases.at(-1);
  if (wait === undefined || phase === undefined || endpoint?.endedAt !== null) return null;
  const from = wait.isOwn ? side : otherSide(side);
  return { segment: wait.segment, from, forNs: Math.max(0, endNs - phase.from) };
}
