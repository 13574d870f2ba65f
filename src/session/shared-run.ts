/** One run of a task at a time, shared by all who ask for it. */

/**
 * Runs a task that is asked for from several sides.
 *
 * Who asks while a run is under way gets the next one, together with all others who do: what was
 * asked for is always begun after it was asked for, and no queue grows.
 */
export class SharedRun {
  readonly #task: () => Promise<void>;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(task: () => Promise<void>) {
    this.#task = task;
  }

  /** Resolves, or rejects as the task does, when a run that had not begun yet has ended. */
  ask(): Promise<void> {
    this.#next ??= this.#running.then(() => {
      this.#next = null;
      const run = this.#task();
      this.#running = run.catch(() => {});
      return run;
    });
    return this.#next;
  }
}
