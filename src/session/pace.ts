/** Lets time pass many times a second at a pace: how far a recording that plays may be shown. */

import type { Nanoseconds } from "../event/trace-event.ts";

const TICK_MS = 50;
/** A sleep of the machine is no time that was played. */
const LONGEST_TICK_MS = 1000;

/** A clock that ticks while it runs. */
export class Pace {
  /** How far it has come. */
  position: Nanoseconds = 0;
  readonly #speed: number;
  readonly #limit: () => Nanoseconds | null;
  #timer: NodeJS.Timeout | null = null;
  #tickedAt = 0;

  /** @param limit how far it may go now; null while it is held */
  constructor(speed: number, limit: () => Nanoseconds | null) {
    this.#speed = speed;
    this.#limit = limit;
  }

  get isRunning(): boolean {
    return this.#timer !== null;
  }

  start(): void {
    this.#tickedAt = performance.now();
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #tick(): void {
    const now = performance.now();
    const passedMs = Math.min(LONGEST_TICK_MS, now - this.#tickedAt);
    this.#tickedAt = now;
    const limit = this.#limit();
    if (limit === null) return;
    // A store that is still filling may not reach yet to where the playing began.
    const next = Math.min(limit, this.position + passedMs * 1e6 * this.#speed);
    this.position = Math.max(this.position, next);
  }
}
