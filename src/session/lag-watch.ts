/** Tells when what the probes send comes seconds late, and when some of it is lost. */

import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";

/** From here on a person would take the screen, and what is lost, for newer than it is. */
const BEHIND_NS = 1.5e9;
/** A lag that has gone is over below this. */
const CAUGHT_UP_NS = 0.5e9;
/** So many looks in a row: a process that was kept from its CPU finds old records at the first. */
const LOOKS = 5;
/** A loss after so many looks without one is told anew. */
const LULL_LOOKS = 100;

/**
 * bpftrace reads one buffer after the other, each to its end: where more is sent than it reads, it
 * falls behind, and its heartbeats with it. What it has lost is known when it has caught up, which
 * may be long after; that it is behind is known at once, and so is the first loss in the buffer
 * that it reads.
 */
export class LagWatch {
  readonly #tell: (line: string) => void;
  #isBehind = false;
  #looks = 0;
  #looksSinceLoss = LULL_LOOKS;

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  /** Take an event in as soon as it has come, before events are put in order. */
  take(event: TraceEvent): void {
    if (event.type !== "gap" || event.cause !== "lost") return;
    const isAnew = this.#looksSinceLoss >= LULL_LOOKS;
    this.#looksSinceLoss = 0;
    if (!isAnew) return;
    const records = event.count === 1 ? "1 record is" : `${event.count} records are`;
    this.#tell(
      `${records} lost, and perhaps more to come: bpftrace hands over less than is sent; a filter such as --port asks for less`,
    );
  }

  /**
   * To be called ten times a second, with how old the newest of what comes is, nanoseconds.
   *
   * @param count this call, and those before it that were left out
   */
  tick(behindNs: Nanoseconds, count = 1): void {
    this.#looksSinceLoss += count;
    if (behindNs < CAUGHT_UP_NS) this.#isBehind = false;
    this.#looks = behindNs < BEHIND_NS ? 0 : this.#looks + 1;
    if (this.#looks < LOOKS || this.#isBehind) return;
    this.#isBehind = true;
    const seconds = (behindNs / 1e9).toFixed(1);
    this.#tell(
      `bpftrace is ${seconds} s behind: what is lost now is counted when it has caught up`,
    );
  }
}
