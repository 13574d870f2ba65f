/** Decides by the measured load how much the probes hand over. */

import type { Detail, DetailCause } from "../event/detail.ts";

/** What one second was like. */
export interface SecondOfLoad {
  /** State changes, told at once, held or counted. */
  readonly changes: number;
  /** Records that did not arrive. */
  readonly lost: number;
  /** Share of one CPU that bpftrace used; null where it could not be read. */
  readonly cpu: number | null;
}

/** A move to another detail, and why. */
export interface DetailMove {
  readonly detail: Detail;
  readonly cause: DetailCause;
  readonly figure: number;
}

/** Between which loads the detail moves. */
export interface DetailLimits {
  /** From this many changes in a second, in two of them, each socket is summed up. */
  readonly busyChanges: number;
  /** Below this many changes, and so long, there is room for every one again. */
  readonly calmChanges: number;
  readonly calmSeconds: number;
  /** From this many changes in a second, in two of them, what ends well is only counted. */
  readonly floodChanges: number;
  /** Below this many, and as long as it must be calm, each socket is told again. */
  readonly ebbChanges: number;
  /** Whether the probes can count, and nobody wants each teardown told. */
  readonly canCount: boolean;
}

const LIMITS: DetailLimits = {
  busyChanges: 4000,
  calmChanges: 1000,
  calmSeconds: 10,
  floodChanges: 32_000,
  ebbChanges: 8000,
  canCount: false,
};
const BUSY_SECONDS = 2;
/** A share of one CPU that is too much for handing over, where more than calm changes are. */
const BUSY_CPU = 0.3;
/** At so many times the rate that is busy none waits: the reader's buffer is full within a second. */
const SUDDEN = 4;
/** The same for a flood, of which what was sent before the probes had moved tells too. */
const SUDDEN_FLOOD = 2;
/** Over so long, nanoseconds, that rate is measured. */
export const SUDDEN_NS = 0.25e9;

/**
 * Moves with hysteresis: quickly to less, slowly back, and the limits lie a factor of four apart,
 * so that no load makes it swing.
 */
export class DetailPolicy {
  readonly #limits: DetailLimits;
  #detail: Detail = "transitions";
  #busy = 0;
  #calm = 0;

  constructor(limits: Partial<DetailLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** The detail that this policy has come to. */
  get detail(): Detail {
    return this.#detail;
  }

  /** Whether the probes can count, and nobody wants each teardown told. */
  get canCount(): boolean {
    return this.#limits.canCount;
  }

  /** The probes have been started anew, with all there is to see. */
  reset(): void {
    this.#detail = "transitions";
    this.#busy = 0;
    this.#calm = 0;
  }

  /** Take one second in; a move, where it calls for one. */
  second(load: SecondOfLoad): DetailMove | null {
    if (this.#isFlood(load.changes)) return this.#move("aggregate", "changes", load.changes);
    if (this.#detail === "transitions") return this.#toSummary(load);
    if (this.#detail === "aggregate") return this.#back("summary", this.#limits.ebbChanges, load);
    return this.#toAggregate(load) ?? this.#back("transitions", this.#limits.calmChanges, load);
  }

  /** Take in how much came in less than `SUDDEN_NS`, before the second is over. */
  burst(changes: number): DetailMove | null {
    const rate = (changes * 1e9) / SUDDEN_NS;
    if (rate < SUDDEN * this.#limits.busyChanges) return null;
    if (this.#detail === "transitions") return this.#move("summary", "changes", rate);
    return this.#isFlood(rate) ? this.#move("aggregate", "changes", rate) : null;
  }

  /** What is summed up would be a flood too: the kernel counts in it by itself, and is left to. */
  #isFlood(changes: number): boolean {
    const { canCount, floodChanges } = this.#limits;
    return this.#detail !== "aggregate" && canCount && changes >= SUDDEN_FLOOD * floodChanges;
  }

  #toSummary({ changes, lost, cpu }: SecondOfLoad): DetailMove | null {
    if (lost > 0) return this.#move("summary", "lost", lost);
    // What takes a CPU where little changes is not the handing over, and would not become less.
    if (cpu !== null && cpu >= BUSY_CPU && changes >= this.#limits.calmChanges) {
      this.#busy++;
      if (this.#busy < BUSY_SECONDS) return null;
      return this.#move("summary", "cpu", Math.round(cpu * 100));
    }
    return this.#afterBusy("summary", changes, this.#limits.busyChanges);
  }

  #toAggregate({ changes, lost }: SecondOfLoad): DetailMove | null {
    if (!this.#limits.canCount) return null;
    // What is lost in the first second was sent before the move: in the second, summing up is not enough.
    if (lost === 0) return this.#afterBusy("aggregate", changes, this.#limits.floodChanges);
    if (changes < this.#limits.busyChanges) return null;
    this.#busy++;
    return this.#busy < BUSY_SECONDS ? null : this.#move("aggregate", "lost", lost);
  }

  #afterBusy(detail: Detail, changes: number, limit: number): DetailMove | null {
    this.#busy = changes < limit ? 0 : this.#busy + 1;
    return this.#busy < BUSY_SECONDS ? null : this.#move(detail, "changes", changes);
  }

  #back(detail: Detail, limit: number, { changes, lost }: SecondOfLoad): DetailMove | null {
    this.#calm = changes < limit && lost === 0 ? this.#calm + 1 : 0;
    if (this.#calm < this.#limits.calmSeconds) return null;
    return this.#move(detail, "calm", this.#limits.calmSeconds);
  }

  #move(detail: Detail, cause: DetailCause, figure: number): DetailMove {
    this.#detail = detail;
    this.#busy = 0;
    this.#calm = 0;
    return { detail, cause, figure };
  }
}
