/** Keeps what a live trace has seen in a bounded store, and the cursor that a screen is over it. */

import { EventRing } from "../store/ring.ts";
import { Shelf } from "../store/shelf.ts";
import { Forgotten } from "./forgotten.ts";
import type { LiveSession } from "./live-session.ts";
import { OperatorError } from "./operator-error.ts";
import { TimeCursor } from "./time-cursor.ts";

/** What the history takes at most unless the operator says otherwise: packed, about 1.5 million events. */
export const LIVE_BYTES = 64 * 1024 * 1024;

/** The screen's clock moves at least this often. */
const TICK_MS = 100;

/** How much is kept, and where. */
export interface HistoryPlace {
  /** Bytes, packed. */
  readonly maxBytes?: number;
  /** On disk; in memory when absent. */
  readonly shelf?: Shelf;
}

/** The history of one live session; recorded all the time. */
export class LiveHistory {
  readonly store: EventRing;
  readonly cursor: TimeCursor;
  readonly forgotten: Forgotten;
  readonly #timer: NodeJS.Timeout;

  /** Begin to record. Call it before the first event is delivered. */
  constructor(session: LiveSession, { maxBytes = LIVE_BYTES, shelf }: HistoryPlace = {}) {
    const { newTrace, trace } = session;
    this.forgotten = new Forgotten(newTrace);
    const limits = { maxBytes, maxEvents: Number.POSITIVE_INFINITY };
    this.store = new EventRing(limits, {
      onDrop: this.forgotten.take,
      ...(shelf && { shelf }),
    });
    this.cursor = new TimeCursor(this.store, { speed: Number.POSITIVE_INFINITY, newTrace });
    session.onEvents((events) => this.cursor.take(events));
    this.#timer = setInterval(() => this.cursor.advance(trace.now), TICK_MS);
    void session.ended.then(() => {
      clearInterval(this.#timer);
      this.cursor.finish(trace.now);
    });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.cursor.stop();
    this.forgotten.stop();
  }
}

/**
 * A place for the history in a directory.
 *
 * @throws OperatorError 1 when nothing can be written there
 */
export function shelfIn(directory: string, onProblem: (line: string) => void): Shelf {
  try {
    return new Shelf(directory, onProblem);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new OperatorError(1, `no history in ${directory}: ${why}`);
  }
}
