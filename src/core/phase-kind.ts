/** What a phase is but for its times: few kinds, shared by all endpoints. */

import type { TcpState } from "../event/tcp-state.ts";
import type { Evidence, Phase } from "./endpoint.ts";

export type PhaseKind = Pick<Phase, "state" | "evidence" | "atLeast">;

/** As many as there are states, by three kinds of evidence, twice. */
const known = new Map<TcpState, PhaseKind[]>();
const PLACE: Readonly<Record<Evidence, number>> = { observed: 0, snapshot: 2, inferred: 4 };

/** The one object for phases of this kind. */
export function phaseKind(state: TcpState, evidence: Evidence, atLeast: boolean): PhaseKind {
  let kinds = known.get(state);
  if (kinds === undefined) {
    kinds = [];
    known.set(state, kinds);
  }
  const place = PLACE[evidence] + (atLeast ? 1 : 0);
  kinds[place] ??= { state, evidence, atLeast };
  return kinds[place];
}
