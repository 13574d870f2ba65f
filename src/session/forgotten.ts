/** What a bounded store has dropped, as far as what it still holds depends on it. */

import { Carry } from "../core/carry.ts";
import type { Trace } from "../core/fold.ts";
import type { TraceEvent } from "../event/trace-event.ts";
import { TurnLoop } from "./turn-loop.ts";

/** Events that are folded between two looks at the clock. */
const RUN = 64;

/**
 * Follows the beginning of a store as events fall off it.
 *
 * A second trace stands there, so that what is written of the store can tell of each connection
 * that lived then from its own beginning. It costs nothing until the store is full, and then the
 * folding of each event once more.
 */
export class Forgotten {
  readonly #newTrace: () => Trace;
  readonly #waiting: TraceEvent[][] = [];
  readonly #loop = new TurnLoop(() => this.#work());
  #carry: Carry<TraceEvent> | null = null;

  constructor(newTrace: () => Trace) {
    this.#newTrace = newTrace;
  }

  /** Take events that fall off, in their order. */
  readonly take = (events: readonly TraceEvent[]): void => {
    this.#waiting.push([...events]);
    this.#loop.wake();
  };

  /** The events of before that a trace must be told to stand where the store begins; none while it is whole. */
  carried(): readonly TraceEvent[] {
    while (this.#work());
    return this.#carry?.carried().refs ?? [];
  }

  stop(): void {
    this.#loop.stop();
  }

  #work(): boolean {
    const [first] = this.#waiting;
    if (first === undefined) return false;
    this.#carry ??= new Carry(this.#newTrace());
    for (const event of first.splice(0, RUN)) this.#carry.step(event, event);
    if (first.length === 0) this.#waiting.shift();
    return true;
  }
}
