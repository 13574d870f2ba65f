/** The stays of an endpoint: the first two in fields, more of them in its sequel. */

import type { TcpState } from "../event/tcp-state.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import type { Evidence, Phase } from "./endpoint.ts";
import { type PhaseKind, phaseKind } from "./phase-kind.ts";
import { FIRST_PHASE, type Sequel } from "./sequel.ts";
import { WithRare } from "./with-rare.ts";

/** No socket of a kernel comes to ten; a forged recording would go on until nobody can wait. */
const MAX_PHASES = 64;

/** Until a third begins, or the second otherwise than right after the first, no list is kept. */
export abstract class WithPhases extends WithRare {
  get phases(): readonly Phase[] {
    const { phases } = this.told.plot;
    if (phases.length === 0) return this.opening();
    return phases.map((kind, i) => this.phaseAt(kind, i));
  }

  /** The stays that are over and whose length is known, of one that has a list of its phases. */
  eachStay(take: (state: TcpState, ns: Nanoseconds) => void): void {
    const { phases } = this.told.plot;
    for (let i = 0; i < phases.length; i++) {
      const { state, atLeast } = phases[i] as PhaseKind;
      const to = this.moment(placeOf(i) + 1);
      if (to !== null && !atLeast) take(state, to - (this.moment(placeOf(i)) as Nanoseconds));
    }
  }

  /** The phase that has not ended. */
  get running(): Phase | undefined {
    const { phases } = this.told.plot;
    if (phases.length === 0) return this.opening().at(-1);
    const last = this.phaseAt(phases.at(-1) as PhaseKind, phases.length - 1);
    return last.to === null ? last : undefined;
  }

  /** When the last phase began; null where none is known. */
  get enteredAt(): Nanoseconds | null {
    const { length } = this.told.plot.phases;
    if (length > 0) return this.moment(placeOf(length - 1));
    return this.live === null || this.live.now === null ? null : this.live.since;
  }

  /** Enter a state; the phase before ends there. */
  enterPhase(state: TcpState, at: Nanoseconds, evidence: Evidence, atLeast: boolean): void {
    const { own } = this;
    const { now, first, since, bornAt, sequel } = own;
    const kind = phaseKind(state, evidence, atLeast);
    const isFirst = now === null;
    const isSecond = first === null && since === bornAt && at >= since;
    if (sequel.plot.phases.length === 0 && (isFirst || isSecond)) {
      own.first = now;
      own.now = kind;
      own.since = at;
      return;
    }
    this.endPhase(at);
    const told = this.ownPhases();
    if (told.plot.phases.length >= MAX_PHASES) this.forgetFirst(told);
    const place = placeOf(told.plot.phases.length);
    told.plot = told.plot.withPhase(kind);
    if (place >= told.moments.length) told.moments = told.moments.concat([at, Number.NaN]);
    else told.moments[place] = at;
  }

  /** End the running phase. */
  endPhase(at: Nanoseconds): void {
    const { plot, moments } = this.ownPhases();
    const place = placeOf(plot.phases.length - 1);
    if (plot.phases.length === 0 || !Number.isNaN(moments[place + 1])) return;
    moments[place + 1] = Math.max(at, moments[place] as number);
  }

  /** How the phase that it is in is known, as it turns out. */
  judgePhase(evidence: Evidence): void {
    const own = this.ownPhases();
    const last = own.plot.phases.at(-1);
    if (last === undefined || last.evidence === evidence) return;
    const judged = phaseKind(last.state, evidence, last.atLeast);
    own.plot = own.plot.withPhases([...own.plot.phases.slice(0, -1), judged]);
  }

  /** The last phase never was. */
  dropPhase(): void {
    const own = this.ownPhases();
    const { length } = own.plot.phases;
    if (length === 0) return;
    own.plot = own.plot.withPhases(own.plot.phases.slice(0, -1));
    own.moments.fill(Number.NaN, placeOf(length - 1));
  }

  private phaseAt(kind: PhaseKind, i: number): Phase {
    const from = this.moment(placeOf(i)) as Nanoseconds;
    return phaseOf(kind, from, this.moment(placeOf(i) + 1));
  }

  private forgetFirst(own: Sequel): void {
    this.isComplete = false;
    own.plot = own.plot.withPhases(own.plot.phases.slice(1));
    own.moments.copyWithin(FIRST_PHASE, placeOf(1)).fill(Number.NaN, -2);
  }

  /** Its sequel, which from now on tells of the phases. */
  protected ownPhases(): Sequel {
    const sequel = this.ownSequel();
    const { own } = this;
    const { now, first } = own;
    if (now === null) return sequel;
    let place = FIRST_PHASE;
    for (const { from, to } of this.opening()) {
      sequel.moments[place++] = from;
      sequel.moments[place++] = to ?? Number.NaN;
    }
    sequel.plot = sequel.plot.withPhases(first === null ? [now] : [first, now]);
    own.now = null;
    own.first = null;
    return sequel;
  }

  /** The first two phases, of which the earlier began at birth and lasted until the later. */
  private opening(): Phase[] {
    if (this.live === null || this.live.now === null) return [];
    const { now, first, since, bornAt } = this.live;
    const last = phaseOf(now, since, null);
    return first === null ? [last] : [phaseOf(first, bornAt, since), last];
  }
}

/** Where the beginning of a phase stands among the moments. */
function placeOf(phase: number): number {
  return FIRST_PHASE + 2 * phase;
}

function phaseOf(kind: PhaseKind, from: Nanoseconds, to: Nanoseconds | null): Phase {
  return { state: kind.state, from, to, evidence: kind.evidence, atLeast: kind.atLeast };
}
