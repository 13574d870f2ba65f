/** Slices long work so that the event loop, which also draws the dashboard, is never held for long. */

/**
 * A budget of synchronous work, after which the event loop gets its turn.
 *
 * A scan of /proc does tens of thousands of tiny system calls. Doing each in the thread pool doubles
 * their price, doing all at once freezes the screen: so they run synchronously, one budget at a time.
 */
export class TimeSlice {
  readonly #budgetMs: number;
  #endMs: number;

  /** `budgetMs`: how long work may go on between two turns of the event loop. */
  constructor(budgetMs = 1) {
    this.#budgetMs = budgetMs;
    this.#endMs = performance.now() + budgetMs;
  }

  /** Whether the budget is spent: then `await renew()`. */
  isSpent(): boolean {
    return performance.now() >= this.#endMs;
  }

  /**
   * Let the event loop turn once and start a new budget.
   *
   * Throws the signal's reason when the work was cancelled meanwhile.
   */
  async renew(signal?: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    this.#endMs = performance.now() + this.#budgetMs;
  }
}
