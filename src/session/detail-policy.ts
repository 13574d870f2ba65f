/** Decides by the measured load how much the probes hand over. */

import type { Detail, DetailCause } from "../event/detail.ts";

/** What one second was like. */
export interface SecondOfLoad {
  /** State changes, told at once or held. */
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
  /** Above this many changes in a second, in two of them, less is handed over. */
  readonly busyChanges: number;
  /** Below this many changes, and so long, there is room for every one again. */
  readonly calmChanges: number;
  readonly calmSeconds: number;
}

const LIMITS: DetailLimits = { busyChanges: 4000, calmChanges: 1000, calmSeconds: 10 };
const BUSY_SECONDS = 2;
/** A share of one CPU that is too much for handing over, where more than calm changes are. */
const BUSY_CPU = 0.3;

/**
 * Moves with hysteresis: quickly to less, slowly back, and the limits lie a factor of four apart,
 * so that no load makes it swing.
 */
export class DetailPolicy {
  readonly #limits: DetailLimits;
  #detail: Detail = "transitions";
  #busy = 0;
  #calm = 0;

  constructor(limits: DetailLimits = LIMITS) {
    this.#limits = limits;
  }

  /** The detail that this policy has come to. */
  get detail(): Detail {
    return this.#detail;
  }

  /** The probes have been started anew, with all there is to see. */
  reset(): void {
    this.#detail = "transitions";
    this.#busy = 0;
    this.#calm = 0;
  }

  /** Take one second in; a move, where it calls for one. */
  second(load: SecondOfLoad): DetailMove | null {
    return this.#detail === "transitions" ? this.#down(load) : this.#up(load);
  }

  #down({ changes, lost, cpu }: SecondOfLoad): DetailMove | null {
    if (lost > 0) return this.#move("summary", "lost", lost);
    // What takes a CPU where little changes is not the handing over, and would not become less.
    if (cpu !== null && cpu >= BUSY_CPU && changes >= this.#limits.calmChanges) {
      this.#busy++;
      if (this.#busy < BUSY_SECONDS) return null;
      return this.#move("summary", "cpu", Math.round(cpu * 100));
    }
    if (changes < this.#limits.busyChanges) {
      this.#busy = 0;
      return null;
    }
    this.#busy++;
    if (this.#busy < BUSY_SECONDS) return null;
    return this.#move("summary", "changes", changes);
  }

  #up({ changes, lost }: SecondOfLoad): DetailMove | null {
    this.#calm = changes < this.#limits.calmChanges && lost === 0 ? this.#calm + 1 : 0;
    if (this.#calm < this.#limits.calmSeconds) return null;
    return this.#move("transitions", "calm", this.#limits.calmSeconds);
  }

  #move(detail: Detail, cause: DetailCause, figure: number): DetailMove {
    this.#detail = detail;
    this.#busy = 0;
    this.#calm = 0;
    return { detail, cause, figure };
  }
}
