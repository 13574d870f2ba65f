/** Tells when somebody set the wall clock, and when the host slept. */

import type { ClockChange, RecordingClock } from "../host/clock.ts";

const EVERY_MS = 1000;

/** Asks the clock once a second what jumped; events are dated on the boot clock and never do. */
export class ClockWatch {
  readonly #clock: Pick<RecordingClock, "check">;
  readonly #tell: (line: string) => void;
  #nextMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Pick<RecordingClock, "check">, tell: (line: string) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** To be called often. @param nowMs a monotonic clock, as `performance.now()` */
  tick(nowMs: number): void {
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + EVERY_MS;
    for (const change of this.#clock.check()) this.#tell(lineOf(change));
  }
}

function lineOf({ kind, byNs }: ClockChange): string {
  const seconds = (Math.abs(byNs) / 1e9).toFixed(1);
  if (kind === "suspend") return `this host slept for ${seconds} s; ages count it`;
  const way = byNs < 0 ? "back" : "ahead";
  return `the wall clock was set ${seconds} s ${way}; times go on from the start of this trace`;
}
