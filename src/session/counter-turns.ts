/** Decides which namespaces' counters are worth reading this time. */

/**
 * Where no process leads into a namespace one must be started there, for some milliseconds of CPU:
 * while nothing happens in it, that is done this seldom. A counter moves with what happens.
 */
const QUIET_EVERY = 60;
/** So many readings after the last event in it a namespace counts as quiet. */
const BUSY_FOR = 5;

/** Counts the readings, and remembers in which of them something happened where. */
export class CounterTurns {
  #turn = 0;
  readonly #happened = new Map<number, number>();

  /** Something happened in a namespace. */
  note(netns: number): void {
    if (this.#happened.get(netns) !== this.#turn) this.#happened.set(netns, this.#turn);
  }

  /** A reading begins. */
  begin(): void {
    this.#turn++;
  }

  /** Whether a namespace that is costly to read is due. */
  isDue(netns: number): boolean {
    if (this.#turn % QUIET_EVERY === 0) return true;
    return this.#turn - (this.#happened.get(netns) ?? Number.NEGATIVE_INFINITY) <= BUSY_FOR;
  }

  /** A namespace is gone. */
  forget(netns: number): void {
    this.#happened.delete(netns);
  }
}
