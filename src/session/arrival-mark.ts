/** Tells up to which moment all records of the probes have come, as far as can be known. */

import type { Nanoseconds } from "../event/trace-event.ts";

/** A record may come so many ticks after a younger one of another CPU. */
const TICKS = 3;
/** Nothing is awaited longer than this: bpftrace stands still, or says nothing for a second. */
const LONGEST_NS = 3e9;

/**
 * bpftrace empties one CPU's buffer after the other, each to its end. On a busy host it comes to it
 * late, so how old a record is says nothing of what is still to come; what counts is that for some
 * ticks nothing came that was older. Ticks are counted and not time: between two of them this
 * process has read what there was, however long it was kept from it.
 */
export class ArrivalMark {
  #newest = Number.NEGATIVE_INFINITY;
  readonly #before: Nanoseconds[] = [];

  /** A record of the probes has come. */
  note(t: Nanoseconds): void {
    if (t > this.#newest) this.#newest = t;
  }

  /** The moment up to which nothing more is awaited; to be asked once a tick. */
  tick(now: Nanoseconds): Nanoseconds {
    this.#before.push(this.#newest);
    const settled = this.#before.length > TICKS ? this.#before.shift() : undefined;
    return Math.max(settled ?? Number.NEGATIVE_INFINITY, now - LONGEST_NS);
  }
}
