/** Does long work in turns of a few milliseconds, so that keys, frames and events come in between. */

/** The longest turn; a frame and a turn together stay well under 50 ms. */
const TURN_MS = 8;

/** Runs as long as there is work, and sleeps until it is woken. */
export class TurnLoop {
  readonly #work: () => boolean;
  #pending: NodeJS.Immediate | null = null;
  #isStopped = false;

  /** @param work does one small piece; false when there is nothing to do */
  constructor(work: () => boolean) {
    this.#work = work;
  }

  /** There is something to do. */
  wake(): void {
    if (this.#isStopped) return;
    this.#pending ??= setImmediate(() => {
      this.#pending = null;
      if (this.#turn()) this.wake();
    });
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#pending !== null) clearImmediate(this.#pending);
    this.#pending = null;
  }

  #turn(): boolean {
    const until = performance.now() + TURN_MS;
    do if (!this.#work()) return false;
    while (performance.now() < until);
    return true;
  }
}
