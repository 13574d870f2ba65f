/** What an endpoint went through but for the moments: few ways, shared by all who went them. */

import type { Wave } from "./endpoint.ts";
import type { PhaseKind } from "./phase-kind.ts";

/** What a wave is but for its moment. */
export type WaveKind = Omit<Wave, "at">;

/** Ways that are remembered at a time: real traffic knows dozens, a forged recording any number. */
const MOST = 4096;
let remembered = 0;

/**
 * The phases and the waves of a teardown, each told by its kind.
 *
 * Nearly all connections end in one of a few ways, so each says which, and keeps its own moments.
 * A plot never changes; what comes next leads to another, found again by whoever goes the same way.
 */
export class Plot {
  readonly phases: readonly PhaseKind[];
  /** In the order of their numbers, one of each at most. */
  readonly waves: readonly WaveKind[];
  #next: Map<PhaseKind | number, Plot> | null = null;

  constructor(phases: readonly PhaseKind[], waves: readonly WaveKind[]) {
    this.phases = phases;
    this.waves = waves;
  }

  /** With one phase more. */
  withPhase(kind: PhaseKind): Plot {
    return this.#next?.get(kind) ?? this.#keep(kind, [...this.phases, kind], this.waves);
  }

  /** With these phases in place of its own. */
  withPhases(kinds: readonly PhaseKind[]): Plot {
    const bare = this.waves.reduce((plot, wave) => plot.withWave(wave), NO_PLOT);
    return kinds.reduce((plot, kind) => plot.withPhase(kind), bare);
  }

  /** With a wave, in place of the one with its number. */
  withWave(wave: WaveKind): Plot {
    const code = codeOf(wave);
    const known = this.#next?.get(code);
    if (known !== undefined) return known;
    const others = this.waves.filter(({ n }) => n !== wave.n);
    return this.#keep(
      code,
      this.phases,
      [...others, wave].sort((a, b) => a.n - b.n),
    );
  }

  #keep(key: PhaseKind | number, phases: readonly PhaseKind[], waves: readonly WaveKind[]): Plot {
    const made = new Plot(phases, waves);
    if (remembered >= MOST) {
      NO_PLOT.#next = null;
      remembered = 0;
    }
    remembered++;
    this.#next ??= new Map();
    this.#next.set(key, made);
    return made;
  }
}

/** Nothing has happened. */
export const NO_PLOT = new Plot([], []);

const EVIDENCE = ["observed", "snapshot", "inferred"] as const;

/** A number for each kind of wave. */
function codeOf({ n, by, evidence, retransmits }: WaveKind): number {
  const place = (n * 2 + (by === "local" ? 0 : 1)) * EVIDENCE.length + EVIDENCE.indexOf(evidence);
  return retransmits * 32 + place;
}
