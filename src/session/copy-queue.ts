/** Copies of traces that are to be made, one after the other, in small steps. */

import type { Trace } from "../core/fold.ts";

/** A trace and how many events it has taken. */
export interface Folded {
  readonly trace: Trace;
  at: number;
}

interface Copying {
  readonly source: Folded;
  done(copy: Folded): void;
}

/** Nobody may step any of the traces while there is work here: a source must stand still. */
export class CopyQueue {
  readonly #waiting: Copying[] = [];
  #steps: Generator<void, Trace> | null = null;

  push(source: Folded, done: (copy: Folded) => void): void {
    this.#waiting.push({ source, done });
  }

  /** One step; false when there is nothing to copy. */
  work(): boolean {
    const [copying] = this.#waiting;
    if (copying === undefined) return false;
    const { source, done } = copying;
    this.#steps ??= source.trace.copySteps();
    const step = this.#steps.next();
    if (!step.done) return true;
    this.#steps = null;
    this.#waiting.shift();
    done({ trace: step.value, at: source.at });
    return true;
  }
}
