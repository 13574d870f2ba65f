/** Calls the session's tick ten times a second, but not while it would find nothing to do. */

/** Between two ticks, milliseconds. */
export const TICK_MS = 100;
/** So many ticks it rests at most; by then a heartbeat should have come. */
const LONGEST_REST = 10;

/**
 * A tick. Gives whether the next ones would find nothing to do if nothing comes.
 *
 * @param count this one, and those before it that were left out since something came
 * @param restedMs how much later it comes than the next after the last one would have
 */
export type TickListener = (count: number, restedMs: number) => boolean;

/**
 * What wakes this process most, on an idle host mostly in vain: then it rests until something
 * comes, and goes on at the moments at which it would have ticked without the rest.
 */
export class SessionTicks {
  readonly #listener: TickListener;
  #timer: NodeJS.Timeout | null;
  #tickedMs = performance.now();
  /** The next tick that is called is that many behind the last one. */
  #ahead = 1;
  /** Whether nothing has come since the last tick that would have to be looked at. */
  #isResting = false;
  /** Whether anything has come since the last rest: after one in vain it ticks on. */
  #mayRest = false;

  constructor(listener: TickListener) {
    this.#listener = listener;
    this.#timer = setTimeout(() => this.#run(), TICK_MS);
  }

  /**
   * Something comes now. To be called before it is looked at; gives how many ticks have been left
   * out until now.
   *
   * @param ticks at which tick from now on it has to be looked at, where nothing else comes
   */
  wake(ticks = 1): number {
    this.#mayRest = true;
    if (this.#ahead === 1) return 0;
    const passed = Math.floor((performance.now() - this.#tickedMs) / TICK_MS);
    this.#tickedMs += passed * TICK_MS;
    this.#plan(this.#isResting ? ticks : 1);
    this.#isResting = false;
    return passed;
  }

  /** Tick no more. */
  stop(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
  }

  #plan(ahead: number): void {
    if (this.#timer === null) return;
    this.#ahead = ahead;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#run(),
      this.#tickedMs + ahead * TICK_MS - performance.now(),
    );
  }

  #run(): void {
    const now = performance.now();
    const restedMs = (this.#ahead - 1) * TICK_MS;
    // Where this process stood still it has not read what there was at each of them.
    const isLate = now - this.#tickedMs - restedMs > 2 * TICK_MS;
    const count = this.#isResting || isLate ? 1 : this.#ahead;
    this.#tickedMs = now;
    this.#isResting = this.#listener(count, restedMs) && this.#mayRest;
    if (this.#isResting) this.#mayRest = false;
    this.#plan(this.#isResting ? LONGEST_REST : 1);
  }
}
