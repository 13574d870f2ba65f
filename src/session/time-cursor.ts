/** The moment that a screen shows, in a store that goes on growing: live and replay are one thing. */

import type { Trace } from "../core/fold.ts";
import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import type { EventRing } from "../store/ring.ts";
import { CopyQueue, type Folded } from "./copy-queue.ts";
import { COPY_EVERY, type CursorOptions } from "./cursor-options.ts";
import { type Goal, type Move, nextStop, previousStop, progressOf } from "./event-steps.ts";
import { foldRun, latestBefore } from "./fold-forward.ts";
import { Pace } from "./pace.ts";
import { StoreHead } from "./store-head.ts";
import { TurnLoop } from "./turn-loop.ts";

/** A move waits while the head is further behind its store than this. */
const MOST_BEHIND = 100_000;

/**
 * A cursor over a store of events.
 *
 * One trace, the head, always follows the end of the store and leaves copies of itself behind. The
 * view is the head while it shows the newest moment; where it stands still, goes back or plays at
 * a pace it is a trace of its own, folded forward from the nearest copy. All of it is done in
 * turns of a few milliseconds, and gives exactly what folding from the start would give.
 */
export class TimeCursor {
  readonly #store: EventRing;
  readonly #isPaced: boolean;
  readonly #head: StoreHead;
  /** A copy is left so many events before the end of a move, for the steps back that follow. */
  readonly #nearBy: number;
  readonly #loop = new TurnLoop(() => this.#work());
  #view: Folded;
  #near: Folded | null = null;
  #isPaused = false;
  readonly #copies = new CopyQueue();
  #move: Move | null = null;
  readonly #pace: Pace;
  #settleEnd: () => void = () => {};
  /** Settles when the view has shown the last event of a store that gets no more. */
  readonly ended: Promise<void>;
  readonly after = (seconds: number) => this.#head.after(this.#view.trace, seconds);

  constructor(store: EventRing, { speed, newTrace, copyEvery = COPY_EVERY, ahead }: CursorOptions) {
    this.#store = store;
    this.#nearBy = copyEvery / 4;
    this.#isPaced = Number.isFinite(speed);
    this.#pace = new Pace(speed, () => {
      if (!this.#isPlaying || this.#move !== null) return null;
      this.#loop.wake();
      return this.newestNs;
    });
    this.#head = new StoreHead(store, newTrace, this.#copies, copyEvery, ahead);
    this.#view = this.#isPaced ? { trace: newTrace(), at: 0 } : this.#head.folded;
    this.ended = new Promise((resolve) => {
      this.#settleEnd = resolve;
    });
  }

  /** Everything known at the moment that is shown. */
  get trace(): Trace {
    return this.#view.trace;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get progress(): number | null {
    return this.#move && progressOf(this.#move);
  }

  get aimNs(): Nanoseconds {
    return this.#move?.goal.t ?? this.#view.trace.now;
  }

  get ahead(): number {
    return Math.max(0, this.#store.end - this.#view.at);
  }

  get oldestNs(): Nanoseconds | null {
    return this.#head.oldestNs;
  }

  get newestNs(): Nanoseconds {
    return this.#head.lastNs;
  }

  get isBeginningGone(): boolean {
    return this.#head.isBeginningGone;
  }

  /** Take events that have come; they go into the store and are folded in the next turns. */
  take(events: readonly TraceEvent[]): void {
    this.#head.take(events);
    this.#loop.wake();
  }

  /** Time has passed without an event, up to this moment. */
  advance(to: Nanoseconds): void {
    this.#head.advance(to);
    this.#loop.wake();
  }

  /** No more events come. */
  finish(at: Nanoseconds): void {
    this.#head.isWhole = true;
    this.advance(at);
  }

  /** Begin to play at a pace, from this moment on. */
  play(from: Nanoseconds): void {
    this.#pace.position = from;
    if (!this.#isPaced) return;
    this.#view = this.#head.enter(from) ?? this.#view;
    this.#pace.start();
    this.#loop.wake();
  }

  stop(): void {
    this.#loop.stop();
    this.#pace.stop();
  }

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    if (!this.#isAtHead) return;
    this.#loop.wake();
    // The head stands still until the view has become a copy of it, so the view does at once.
    this.#copies.push(this.#head.folded, (copy) => {
      if (this.#isPaused && this.#isAtHead) this.#view = copy;
    });
  }

  resume(): void {
    this.#isPaused = false;
    this.#move = null;
    if (this.#isPaced) this.#pace.position = this.#view.trace.now;
    else {
      this.#view = this.#head.folded;
      if (this.#head.isFinished) this.#settleEnd();
    }
    this.#loop.wake();
  }

  step(by: 1 | -1): void {
    this.pause();
    const from = this.#move?.goal.at ?? this.#view.at;
    const goal = by > 0 ? nextStop(this.#store, from) : previousStop(this.#store, from);
    if (goal !== null) this.#go(goal);
  }

  seek(t: Nanoseconds): void {
    this.pause();
    const to = Math.max(0, Math.min(t, this.newestNs));
    const there = this.#head.enter(to);
    if (there === null) this.#go({ at: this.#store.seek(to + 1), t: to });
    else [this.#move, this.#view, this.#pace.position] = [null, there, to];
  }

  get #isAtHead(): boolean {
    return this.#view === this.#head.folded;
  }

  get #isPlaying(): boolean {
    return this.#isPaced && !this.#isPaused && this.#pace.isRunning;
  }

  #go(goal: Goal): void {
    const within = this.#head.checkpoints.nearest(goal);
    this.#move = null;
    // The view itself before any copy that is not further on.
    const source = latestBefore(within, this.#store.oldest, [
      this.#isAtHead ? null : this.#view,
      this.#near,
      this.#head.checkpoints.before(within.at, within.t),
    ]);
    if (source === null) return;
    const move: Move = { goal: within, from: source.at, folded: null, leavesCopy: false };
    this.#move = move;
    if (source === this.#view) move.folded = source;
    else {
      move.leavesCopy = source !== this.#near && within.at - source.at > 2 * this.#nearBy;
      this.#copies.push(source, (copy) => {
        if (this.#move === move) move.folded = copy;
      });
    }
    this.#loop.wake();
  }

  #work(): boolean {
    if (this.#copies.work()) return true;
    if (this.#move !== null && this.#head.behind <= MOST_BEHIND) return this.#workMove(this.#move);
    if (this.#workHead()) return true;
    return this.#isPlaying && this.#workView();
  }

  /** The head, one run further; it stands still while the view that stands still is the head. */
  #workHead(): boolean {
    const head = this.#head;
    if (this.#isPaused && this.#isAtHead) return false;
    if (head.work()) return true;
    if (head.takeLast()) this.#finishAtEnd(head.folded);
    return false;
  }

  /** The last moment of a whole store: every detector is asked, as at the end of a report. */
  #finishAtEnd(folded: Folded): void {
    if (!this.#head.isLast(folded)) return;
    folded.trace.finish();
    if (folded === this.#view || this.#isAtHead) this.#settleEnd();
  }

  /** A view that plays by the clock, one run further. */
  #workView(): boolean {
    const view = this.#view;
    if (view.at < this.#store.oldest) this.#go({ at: 0, t: 0 });
    else if (foldRun(this.#store, view, this.#store.end, this.#pace.position)) return true;
    else {
      view.trace.advance(Math.min(this.#pace.position, this.newestNs));
      this.#finishAtEnd(view);
    }
    return false;
  }

  #workMove(move: Move): boolean {
    const { goal, folded } = move;
    if (folded === null) return false;
    if (folded.at < this.#store.oldest) {
      this.#go(goal);
      return true;
    }
    if (move.leavesCopy && folded.at >= goal.at - this.#nearBy) {
      move.leavesCopy = false;
      this.#copies.push(folded, (copy) => {
        this.#near = copy;
      });
      return true;
    }
    const until = move.leavesCopy ? goal.at - this.#nearBy : goal.at;
    if (foldRun(this.#store, folded, until, Number.POSITIVE_INFINITY)) return true;
    folded.trace.advance(goal.t);
    this.#finishAtEnd(folded);
    this.#view = folded;
    this.#move = null;
    this.#pace.position = folded.trace.now;
    return true;
  }
}
