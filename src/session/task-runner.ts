/** Runs what looks at the host: at intervals, one at a time each, awaited by nobody. */

import { setMaxListeners } from "node:events";

/** A task that reads something of the host. */
export type Task = () => Promise<void>;

/** One that is run at intervals. */
interface Turn {
  readonly everyMs: number;
  readonly what: string;
  readonly task: Task;
  dueMs: number;
  isBusy: boolean;
}

/** Ticks are no nearer together: what is due within half of that is not left for the next. */
const EARLY_MS = 50;

/**
 * Every task runs at most once at a time; its failure is told and ends nothing. Reading the
 * probes never waits for one.
 */
export class TaskRunner {
  readonly #abort = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #turns: Turn[] = [];
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
  every(everyMs: number, what: string, task: Task): void {
    const dueMs = performance.now() + everyMs;
    this.#turns.push({ everyMs, what, task, dueMs, isBusy: false });
  }

  /**
   * Run what is due at intervals. To be called often, and at least once a second: an idle host is
   * not to be woken for each of them.
   *
   * @param nowMs as `performance.now()`
   */
  tick(nowMs: number): void {
    for (const turn of this.#turns) {
      if (nowMs < turn.dueMs - EARLY_MS) continue;
      turn.dueMs += turn.everyMs;
      // Whoever was kept from running makes up for nothing.
      if (turn.dueMs <= nowMs) turn.dueMs = nowMs + turn.everyMs;
      if (!turn.isBusy) void this.#take(turn);
    }
  }

  async #take(turn: Turn): Promise<void> {
    turn.isBusy = true;
    await this.run(turn.what, turn.task);
    turn.isBusy = false;
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
    for (const timer of this.#timers) clearTimeout(timer);
    this.#abort.abort();
    await this.settle();
  }
}
