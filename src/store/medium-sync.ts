/** Brings written data to the medium once in a while, without ever waiting for it. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { AppendTarget } from "./append-target.ts";
import { Cadence } from "./cadence.ts";

/** Data that comes this much of the interval after the last is brought to the medium at once. */
const ALONE = 0.9;

/**
 * Calls fdatasync after new data, one call at a time and so long after the last one; where data
 * comes as seldom as that, with each: an idle process is not to be woken for it another time.
 *
 * The kernel tells of a failed write-back once and then forgets the pages that it could not write,
 * so a failure is reported with the instant since when data may be gone.
 */
export class MediumSync {
  readonly #target: AppendTarget;
  readonly #onFailed: (error: unknown, sinceNs: Nanoseconds) => void;
  readonly #cadence: Cadence;
  readonly #everyMs: number;
  #wroteMs = performance.now();
  #running: Promise<void> | null = null;
  #hasNews = true;
  #writtenNs: Nanoseconds = 0;
  #syncedNs: Nanoseconds = 0;

  constructor(
    target: AppendTarget,
    everyMs: number,
    onFailed: (error: unknown, sinceNs: Nanoseconds) => void,
  ) {
    this.#target = target;
    this.#onFailed = onFailed;
    this.#everyMs = everyMs;
    this.#cadence = new Cadence(everyMs, () => this.#start());
    this.#cadence.want();
  }

  /** Events up to `untilNs` are with the system now. */
  wrote(untilNs: Nanoseconds): void {
    this.#hasNews = true;
    this.#writtenNs = Math.max(this.#writtenNs, untilNs);
    const nowMs = performance.now();
    const isAlone = nowMs - this.#wroteMs >= ALONE * this.#everyMs;
    this.#wroteMs = nowMs;
    if (this.#running !== null) return;
    if (isAlone) this.#cadence.hurry();
    else this.#cadence.want();
  }

  /** Start no more; resolves when none is under way. */
  async stop(): Promise<void> {
    this.#cadence.stop();
    await this.#running;
  }

  #start(): void {
    this.#hasNews = false;
    this.#running = this.#run(this.#writtenNs).finally(() => {
      this.#running = null;
      if (this.#hasNews) this.#cadence.want();
    });
  }

  async #run(untilNs: Nanoseconds): Promise<void> {
    try {
      await this.#target.sync();
      this.#syncedNs = untilNs;
    } catch (error) {
      this.#onFailed(error, this.#syncedNs);
    }
  }
}
