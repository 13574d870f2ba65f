/** Runs what looks at the host: at intervals, one at a time each, awaited by nobody. */

import { setMaxListeners } from "node:events";

/** A task that reads something of the host. */
export type Task = () => Promise<void>;

/**
 * Every task runs at most once at a time; its failure is told and ends nothing. Reading the
 * probes never waits for one.
 */
export class TaskRunner {
  readonly #abort = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #onFailure: (what: string, error: unknown) => void;

  /** @param onFailure told what could not be read, and why */
  constructor(onFailure: (what: string, error: unknown) => void) {
    this.#onFailure = onFailure;
    // Each namespace that is being read listens: Node would warn of a leak from the eleventh on.
    setMaxListeners(0, this.signal);
  }

  /** Aborted by `stop`. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Run a task at intervals, left out while it still runs. */
  every(ms: number, what: string, task: Task): void {
    if (this.signal.aborted) return;
    let isBusy = false;
    const timer = setInterval(() => {
      if (isBusy) return;
      isBusy = true;
      void this.run(what, task).finally(() => {
        isBusy = false;
      });
    }, ms);
    this.#timers.add(timer);
  }

  /** Run a task once, after a while. */
  after(ms: number, what: string, task: Task): void {
    if (this.signal.aborted) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.run(what, task);
    }, ms);
    this.#timers.add(timer);
  }

  /** Run a task now; never rejects. */
  async run(what: string, task: Task): Promise<void> {
    if (this.signal.aborted) return;
    const run = task().catch((error: unknown) => {
      if (!this.signal.aborted) this.#onFailure(what, error);
    });
    this.#running.add(run);
    await run;
    this.#running.delete(run);
  }

  /** Resolves when nothing of what runs now is under way any more. */
  async settle(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Begin nothing more and wait for what runs. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#abort.abort();
    await this.settle();
  }
}
