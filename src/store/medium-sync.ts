/** Brings written data to the medium once in a while, without ever waiting for it. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { AppendTarget } from "./append-target.ts";
import { Cadence } from "./cadence.ts";

/**
 * Calls fdatasync after new data, one call at a time and so long after the last one.
 *
 * The kernel tells of a failed write-back once and then forgets the pages that it could not write,
 * so a failure is reported with the instant since when data may be gone.
 */
export class MediumSync {
  readonly #target: AppendTarget;
  readonly #onFailed: (error: unknown, sinceNs: Nanoseconds) => void;
  readonly #cadence: Cadence;
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
    this.#cadence = new Cadence(everyMs, () => this.#start());
    this.#cadence.want();
  }

  /** Events up to `untilNs` are with the system now. */
  wrote(untilNs: Nanoseconds): void {
    this.#hasNews = true;
    this.#writtenNs = Math.max(this.#writtenNs, untilNs);
    if (this.#running === null) this.#cadence.want();
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
