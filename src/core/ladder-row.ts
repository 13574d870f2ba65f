/** What stands on one rung of a teardown ladder. */

import type { TcpState } from "../event/tcp-state.ts";
import type { Nanoseconds, RetransmitCause } from "../event/trace-event.ts";
import type { Evidence, ResendKind } from "./endpoint.ts";

/** The two rails of a ladder: the endpoint asked for stands left. */
export type LadderSide = "left" | "right";

/** A segment on its way from one rail to the other. */
export interface LadderArrow {
  readonly from: LadderSide;
  readonly segment: ResendKind | "ACK" | "RST";
  /** Which of the four waves it is, numbered as the left end counts them. */
  readonly wave: 1 | 2 | 3 | 4 | null;
  readonly evidence: Evidence;
  /** Re-sends in this row; 0 for a first sending. */
  readonly resends: number;
  /** Number of the last of these re-sends, 0 for a first sending. */
  readonly attempt: number;
  readonly cause: RetransmitCause | null;
  /** Both ends together decide that this sending was lost. */
  readonly isLost: boolean;
  /** When the other end took it, where that end was seen to. */
  readonly arrivedAt: Nanoseconds | null;
}

/** A state that one end entered. */
export interface LadderChange {
  readonly state: TcpState;
  readonly at: Nanoseconds;
  readonly evidence: Evidence;
  /** How long it stayed; up to the recording's end while it lasts. */
  readonly forNs: Nanoseconds;
  readonly isOpen: boolean;
}

/** One rung. */
export interface LadderRow {
  /** Null where only the order is known. */
  readonly at: Nanoseconds | null;
  /** The last of several re-sends that share the row, else the same as `at`. */
  readonly until: Nanoseconds | null;
  /** Since the end of the row before, where both have a time. */
  readonly afterNs: Nanoseconds | null;
  readonly arrow: LadderArrow | null;
  readonly left: readonly LadderChange[];
  readonly right: readonly LadderChange[];
}

/** The rail across. */
export function otherSide(side: LadderSide): LadderSide {
  return side === "left" ? "right" : "left";
}
