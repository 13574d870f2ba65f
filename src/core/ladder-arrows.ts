/** The segments of a teardown as its two ends tell of them, each sending once. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { Endpoint, Evidence, Resend, Wave } from "./endpoint.ts";
import { type LadderArrow, type LadderSide, otherSide } from "./ladder-row.ts";

/** A sending with the moment that orders it; `at` is null where only the order is known. */
export interface TimedArrow {
  readonly at: Nanoseconds | null;
  readonly order: Nanoseconds;
  readonly arrow: LadderArrow;
}

const STRENGTH: Readonly<Record<Evidence, number>> = { observed: 2, snapshot: 1, inferred: 0 };

/** Collect waves, re-sends and resets of an endpoint and of its peer, ordered by time. */
export function collectArrows(endpoint: Endpoint): TimedArrow[] {
  const ends: [Endpoint, LadderSide][] = [[endpoint, "left"]];
  if (endpoint.peer !== null) ends.push([endpoint.peer, "right"]);
  const arrows = mergedWaves(ends);
  for (const [end, side] of ends) {
    for (const resend of end.resends) arrows.push(resendArrow(resend, side));
  }
  const reset = resetArrow(ends);
  if (reset !== null) arrows.push(reset);
  return arrows.sort((a, b) => a.order - b.order || (a.arrow.wave ?? 9) - (b.arrow.wave ?? 9));
}

/** Both ends tell of each wave: the sender when it left, the receiver when it came. */
function mergedWaves(ends: readonly (readonly [Endpoint, LadderSide])[]): TimedArrow[] {
  const told = new Map<string, { from: LadderSide; wave: Wave; sent?: Wave; taken?: Wave }>();
  for (const [end, side] of ends) {
    for (const wave of end.waves) {
      const from = wave.by === "local" ? side : otherSide(side);
      const key = `${from} ${wave.segment}`;
      const entry = told.get(key) ?? { from, wave };
      told.set(key, { ...entry, [wave.by === "local" ? "sent" : "taken"]: wave });
    }
  }
  const lost = ends.map(([end]) => end.lostWave).find((wave) => typeof wave === "number");
  let latest = ends[0]?.[0].teardownAt ?? ends[0]?.[0].bornAt ?? 0;
  const byNumber = [...told.values()].sort((a, b) => a.wave.n - b.wave.n);
  return byNumber.map(({ from, wave, sent, taken }) => {
    const at = sent?.at ?? taken?.at ?? null;
    latest = at ?? latest;
    const evidence = strongest(sent ?? wave, taken ?? wave);
    const arrow: LadderArrow = {
      from,
      segment: wave.segment,
      wave: wave.n,
      evidence,
      resends: 0,
      attempt: 0,
      cause: null,
      isLost: lost === wave.n,
      arrivedAt: taken?.at ?? null,
    };
    return { at, order: latest, arrow };
  });
}

function strongest(a: Wave, b: Wave): Evidence {
  return STRENGTH[a.evidence] >= STRENGTH[b.evidence] ? a.evidence : b.evidence;
}

function resendArrow({ at, kind, cause, attempt }: Resend, from: LadderSide): TimedArrow {
  const arrow: LadderArrow = {
    from,
    segment: kind,
    wave: null,
    evidence: "observed",
    resends: 1,
    attempt,
    cause,
    isLost: false,
    arrivedAt: null,
  };
  return { at, order: at, arrow };
}

/**
 * The RST that ended the connection, once, whichever end tells of it.
 *
 * Without a trace of the RST itself the verdict alone stands for it, and the moment is the
 * endpoint's end: then the arrow is `inferred`.
 */
function resetArrow(ends: readonly (readonly [Endpoint, LadderSide])[]): TimedArrow | null {
  for (const [end, side] of ends) {
    if (end.reset === null) continue;
    const from = end.reset.direction === "sent" ? side : otherSide(side);
    return { at: end.reset.at, order: end.reset.at, arrow: rst(from, "observed") };
  }
  for (const [end, side] of ends) {
    if (end.verdict !== "reset-sent" && end.verdict !== "reset-received") continue;
    const from = end.verdict === "reset-sent" ? side : otherSide(side);
    const order = end.endedAt ?? end.teardownAt ?? end.bornAt;
    return { at: end.endedAt, order, arrow: rst(from, "inferred") };
  }
  return null;
}

function rst(from: LadderSide, evidence: Evidence): LadderArrow {
  return {
    from,
    segment: "RST",
    wave: null,
    evidence,
    resends: 0,
    attempt: 0,
    cause: null,
    isLost: false,
    arrivedAt: null,
  };
}
