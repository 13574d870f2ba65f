/** Puts the state changes of both ends beside the segments that brought them about. */

import type { TcpState } from "../event/tcp-state.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import type { Endpoint, Phase } from "./endpoint.ts";
import type { TimedArrow } from "./ladder-arrows.ts";
import type { LadderArrow, LadderChange, LadderRow, LadderSide } from "./ladder-row.ts";

/** Events of two CPUs may name a cause up to this much after its effect. */
const CPU_SKEW_NS = 1_000_000;

/** A socket that ends this long after an RST did not end by it. */
const RESET_TRAVEL_NS = 1_000_000_000;

/** A change with the state that it ended. */
interface Change extends LadderChange {
  readonly before: TcpState | null;
}

interface Rung {
  at: Nanoseconds | null;
  order: Nanoseconds;
  until: Nanoseconds | null;
  arrow: LadderArrow | null;
  left: LadderChange[];
  right: LadderChange[];
}

/** The rows of the ladder: arrows with the changes they explain, then all other changes. */
export function placeChanges(
  arrows: readonly TimedArrow[],
  endpoint: Endpoint,
  endNs: Nanoseconds,
): LadderRow[] {
  const rungs: Rung[] = arrows.map(({ at, order, arrow }) => ({
    at,
    order,
    until: at,
    arrow,
    left: [],
    right: [],
  }));
  const caused = [...rungs];
  place(changesOf(endpoint, endNs), "left");
  if (endpoint.peer !== null) place(changesOf(endpoint.peer, endNs), "right");
  rungs.sort((a, b) => a.order - b.order);
  return merged(rungs).map(({ order: _, ...rung }) => ({ ...rung, afterNs: null }));

  function place(changes: readonly Change[], side: LadderSide): void {
    for (const known of changes) {
      const { before: _, ...change } = known;
      const cause = caused.findLast(
        (rung) =>
          rung[side].length === 0 &&
          rung.order <= change.at + CPU_SKEW_NS &&
          explains(rung, known, side),
      );
      if (cause !== undefined) cause[side].push(change);
      else rungs.push({ ...bare(change), [side]: [change] });
    }
  }
}

function bare({ at }: LadderChange): Rung {
  return { at, order: at, until: at, arrow: null, left: [], right: [] };
}

/** Whether a segment can have moved the end on `side` into a state (RFC 9293, figure 5). */
function explains({ arrow, order }: Rung, change: Change, side: LadderSide): boolean {
  if (arrow === null) return false;
  const isOwn = arrow.from === side;
  const isFin = arrow.segment === "FIN" || arrow.segment === "DATA+FIN";
  const isTheirAck = arrow.segment === "ACK" && !isOwn;
  switch (change.state) {
    case "FIN_WAIT1":
    case "LAST_ACK":
      return isFin && isOwn && arrow.resends === 0;
    case "CLOSE_WAIT":
    case "CLOSING":
      return isFin && !isOwn;
    case "FIN_WAIT2":
      return isTheirAck;
    case "TIME_WAIT":
      return change.before === "CLOSING" ? isTheirAck : isFin && !isOwn;
    case "CLOSE":
      return (
        (arrow.segment === "RST" && Math.abs(change.at - order) < RESET_TRAVEL_NS) ||
        (isTheirAck && change.before === "LAST_ACK")
      );
    default:
      return false;
  }
}

/** States from the last one before the teardown on; a gone endpoint ends in CLOSE. */
function changesOf(endpoint: Endpoint, endNs: Nanoseconds): Change[] {
  const { phases, teardownAt, endedAt } = endpoint;
  const changes = phases.map((phase, i) => ({
    ...changeOf(phase, endNs),
    before: phases[i - 1]?.state ?? null,
  }));
  const last = phases.at(-1);
  if (endedAt !== null && last !== undefined && last.state !== "CLOSE") {
    const isTimer = last.state === "TIME_WAIT" || endpoint.isMini;
    const evidence = isTimer ? "inferred" : last.evidence;
    const end = { state: "CLOSE", at: endedAt, evidence, forNs: 0, isOpen: false } as const;
    changes.push({ ...end, before: last.state });
  }
  const isOpening = (phase: Phase) => teardownAt !== null && phase.from < teardownAt;
  return changes.slice(Math.max(0, phases.findLastIndex(isOpening)));
}

function changeOf({ state, from, to, evidence }: Phase, endNs: Nanoseconds): LadderChange {
  const isOpen = to === null;
  return { state, at: from, evidence, forNs: Math.max(0, (to ?? endNs) - from), isOpen };
}

/** Join equal re-sends, and what both ends do within a millisecond on their own, into one rung. */
function merged(rungs: readonly Rung[]): Rung[] {
  const joined: Rung[] = [];
  for (const rung of rungs) {
    const before = joined.at(-1);
    if (before !== undefined && isSameResend(before, rung)) {
      before.until = rung.until;
      before.arrow = joinedArrow(before.arrow, rung.arrow);
      before.left = rung.left;
      before.right = rung.right;
    } else if (before !== undefined && isSameMoment(before, rung)) {
      before.left.push(...rung.left);
      before.right.push(...rung.right);
    } else {
      joined.push(rung);
    }
  }
  return joined;
}

function isSameResend(before: Rung, rung: Rung): boolean {
  const [a, b] = [before.arrow, rung.arrow];
  return (
    a !== null &&
    b !== null &&
    a.resends > 0 &&
    b.resends > 0 &&
    a.from === b.from &&
    a.segment === b.segment &&
    before.left.length + before.right.length === 0
  );
}

function isSameMoment(before: Rung, rung: Rung): boolean {
  if (before.arrow !== null || rung.arrow !== null) return false;
  const isOneSided = before.left.length > 0 === rung.left.length > 0;
  return rung.order - before.order <= (isOneSided ? 0 : CPU_SKEW_NS);
}

function joinedArrow(a: LadderArrow | null, b: LadderArrow | null): LadderArrow | null {
  if (a === null || b === null) return b;
  return { ...b, resends: a.resends + b.resends, cause: a.cause === b.cause ? a.cause : null };
}
