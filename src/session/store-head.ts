/** The trace at the end of a store, and the copies that it leaves behind along the history. */

import type { Trace } from "../core/fold.ts";
import type { SeriesPoint } from "../core/series.ts";
import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import type { EventRing } from "../store/ring.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { CopyQueue, Folded } from "./copy-queue.ts";
import type { Shortcut } from "./cursor-options.ts";
import { foldRun } from "./fold-forward.ts";

/** Seconds of the charts that a trace keeps. */
const MOST_POINTS = 3600;

/** Folds every event that the store gets, in its own time but before the store drops it. */
export class StoreHead {
  readonly folded: Folded;
  readonly checkpoints: Checkpoints;
  readonly #store: EventRing;
  readonly #copies: CopyQueue;
  readonly #shortcut: Shortcut | null;
  #horizon: Nanoseconds = 0;
  /** No more events come. */
  isWhole = false;
  /** It has been asked for the last time. */
  isFinished = false;

  constructor(
    store: EventRing,
    newTrace: () => Trace,
    copies: CopyQueue,
    copyEvery: number,
    shortcut: Shortcut | null = null,
  ) {
    this.#store = store;
    this.#shortcut = shortcut;
    this.#copies = copies;
    this.folded = { trace: newTrace(), at: 0 };
    this.checkpoints = new Checkpoints(copyEvery);
    this.checkpoints.add({ trace: newTrace(), at: 0 });
  }

  get oldestNs(): Nanoseconds | null {
    const { oldest } = this.checkpoints;
    return this.isBeginningGone && oldest !== null ? oldest.trace.now : this.#store.oldestNs;
  }

  /** How far time has come at the end of the store, events or not. */
  get newestNs(): Nanoseconds {
    return Math.max(0, this.#horizon, this.#store.newestNs);
  }

  /** The newest moment that can be shown, the store's or one that it will have. */
  get lastNs(): Nanoseconds {
    return Math.max(this.newestNs, this.#shortcut?.lastNs ?? 0);
  }

  /** A moment that the store has not come to, where there is a way to it. */
  enter(t: Nanoseconds): Folded | null {
    return t > this.newestNs ? (this.#shortcut?.enter(t) ?? null) : null;
  }

  /** The first seconds of the charts that a trace which stands earlier does not know yet. */
  after(earlier: Trace, seconds: number): readonly SeriesPoint[] {
    const from = earlier.series(1)[0]?.at ?? earlier.now;
    const { trace } = this.folded;
    const points = trace === earlier ? [] : trace.series(MOST_POINTS);
    return points.filter(({ at }) => at > from).slice(0, seconds);
  }

  get isBeginningGone(): boolean {
    return (this.checkpoints.oldest?.at ?? 0) > 0;
  }

  /** Events that it has not taken yet. */
  get behind(): number {
    return this.#store.end - this.folded.at;
  }

  take(events: readonly TraceEvent[]): void {
    const store = this.#store;
    for (const event of events) {
      // The store may drop its oldest for the next one, and the head must have taken them.
      if (store.fullness > 0.5 && this.behind > store.size / 2) this.#catchUp();
      store.push(event);
    }
    this.checkpoints.dropBefore(store.oldest);
  }

  advance(to: Nanoseconds): void {
    this.#horizon = Math.max(this.#horizon, to);
  }

  /** One run further; false when it has come to the end of the store. */
  work(): boolean {
    const { folded, checkpoints } = this;
    if (this.behind === 0) {
      folded.trace.advance(this.#horizon);
      return false;
    }
    foldRun(this.#store, folded, this.#store.end, Number.POSITIVE_INFINITY);
    if (checkpoints.isDue(folded.trace, folded.at, this.#store.size)) {
      this.#copies.push(folded, (copy) => checkpoints.add(copy));
    }
    return true;
  }

  /** Whether a trace has come to the last moment of a whole store. */
  isLast({ at, trace }: Folded): boolean {
    return this.isWhole && at === this.#store.end && trace.now >= this.newestNs;
  }

  /** Tell once that it has come to the end of a whole store. */
  takeLast(): boolean {
    if (!this.isWhole || this.isFinished) return false;
    this.isFinished = true;
    return true;
  }

  #catchUp(): void {
    while (this.#copies.work());
    while (foldRun(this.#store, this.folded, this.#store.end, Number.POSITIVE_INFINITY));
  }
}
