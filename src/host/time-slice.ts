/** Slices long work so that the event loop, which also draws the dashboard, is never held for long. */

/**
 * Where the loop's turns are long themselves, as on a host that is busy, a budget is so much of the
 * last one: else work of a second, in slices of one millisecond, took three quarters of a minute.
 */
const SHARE_OF_TURN = 1 / 4;
const MOST_MS = 25;

/**
 * A budget of synchronous work, after which the event loop gets its turn.
 *
 * A scan of /proc does tens of thousands of tiny system calls. Doing each in the thread pool doubles
 * their price, doing all at once freezes the screen: so they run synchronously, one budget at a time.
 */
export class TimeSlice {
  readonly #budgetMs: number;
  readonly #now: () => number;
  #endMs: number;

  /**
   * @param budgetMs how long work may go on between two turns of the event loop
   * @param now a clock, milliseconds
   */
  constructor(budgetMs = 1, now = () => performance.now()) {
    this.#budgetMs = budgetMs;
    this.#now = now;
    this.#endMs = now() + budgetMs;
  }

  /** Whether the budget is spent: then `await renew()`. */
  isSpent(): boolean {
    return this.#now() >= this.#endMs;
  }

  /**
   * Let the event loop turn once and start a new budget.
   *
   * Throws the signal's reason when the work was cancelled meanwhile.
   */
  async renew(signal?: AbortSignal): Promise<void> {
    const leftMs = this.#now();
    await new Promise<void>((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    const nowMs = this.#now();
    const share = Math.min(MOST_MS, (nowMs - leftMs) * SHARE_OF_TURN);
    this.#endMs = nowMs + Math.max(this.#budgetMs, share);
  }
}
