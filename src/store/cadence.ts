/** Does something at once when it is wanted, and again only some time after that. */

/**
 * What waits for others after the first has gone needs no timer where little happens: who comes
 * long after the last is served in the same turn of the event loop, and an idle process is not
 * woken once more for it.
 *
 * What is wanted in one turn is done once, behind all of it. Its timers keep no process alive.
 */
export class Cadence {
  readonly #everyMs: number;
  readonly #act: () => void;
  #timer: NodeJS.Timeout | null = null;
  #nextMs: number;
  #isWanted = false;
  #isStopped = false;

  /**
   * @param everyMs the least time between two, and until the first
   * @param act must not throw
   */
  constructor(everyMs: number, act: () => void) {
    this.#everyMs = everyMs;
    this.#act = act;
    this.#nextMs = performance.now() + everyMs;
  }

  /** Do it as soon as it may be; once for all who want it until then. */
  want(): void {
    if (this.#isWanted || this.#isStopped) return;
    this.#isWanted = true;
    const waitMs = this.#nextMs - performance.now();
    if (waitMs > 0) this.#timer = setTimeout(() => this.#go(), waitMs).unref();
    else queueMicrotask(() => this.#go());
  }

  /** Do it now, whenever the last was. */
  hurry(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#go();
  }

  /** Do it no more, not even what is wanted. */
  stop(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#isStopped = true;
  }

  #go(): void {
    if (this.#isStopped) return;
    this.#isWanted = false;
    this.#nextMs = performance.now() + this.#everyMs;
    this.#act();
  }
}
