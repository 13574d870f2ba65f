/** Tells when bpftrace has said nothing for so long that it must hang. */

/** The probes print a heartbeat each second; three that are missing are no accident. */
export const LONGEST_SILENCE_MS = 3000;
/** A tick that comes later than this came late because this process was kept from running. */
const MOST_PER_TICK_MS = 250;

/**
 * Adds up the time between ticks in which nothing came.
 *
 * A tick counts little however late it comes: while this process itself stood still, nobody read
 * what bpftrace said. Any message is proof of life, since in a burst heartbeats are lost too.
 */
export class SilenceWatch {
  #silentMs = 0;
  #lastTickMs: number;

  /** @param nowMs a monotonic clock that stops during suspend, as `performance.now()` */
  constructor(nowMs: number) {
    this.#lastTickMs = nowMs;
  }

  /** Something was said. */
  note(nowMs: number): void {
    this.#silentMs = 0;
    this.#lastTickMs = nowMs;
  }

  /**
   * Whether it hangs; to be asked several times a second.
   *
   * @param restedMs how much later than that it is asked, because nothing was said
   */
  tick(nowMs: number, restedMs = 0): boolean {
    this.#silentMs += Math.min(nowMs - this.#lastTickMs, MOST_PER_TICK_MS + restedMs);
    this.#lastTickMs = nowMs;
    return this.#silentMs >= LONGEST_SILENCE_MS;
  }
}
