/** Brings written data to the medium once in a while, without ever waiting for it. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { AppendTarget } from "./append-target.ts";

/**
 * A timer that calls fdatasync after new data, one call at a time.
 *
 * The kernel tells of a failed write-back once and then forgets the pages that it could not write,
 * so a failure is reported with the instant since when data may be gone.
 */
export class MediumSync {
  readonly #target: AppendTarget;
  readonly #onFailed: (error: unknown, sinceNs: Nanoseconds) => void;
  readonly #timer: NodeJS.Timeout;
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
    this.#timer = setInterval(() => this.#start(), everyMs).unref();
  }

  /** Events up to `untilNs` are with the system now. */
  wrote(untilNs: Nanoseconds): void {
    this.#hasNews = true;
    this.#writtenNs = Math.max(this.#writtenNs, untilNs);
  }

  /** Start no more; resolves when none is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  #start(): void {
    if (this.#running !== null || !this.#hasNews) return;
    this.#hasNews = false;
    this.#running = this.#run(this.#writtenNs).finally(() => {
      this.#running = null;
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
