/** The reorder stage: events of several CPUs come out by `t`, live and from a file alike. */

import { StrayHeap, type Timed } from "./stray-heap.ts";
import type { TraceEvent } from "./trace-event.ts";

/**
 * The mark of an event that came too late to be put in its place.
 *
 * A recording holds events as they were handed on. Without the mark a reader would sort a late
 * one to where it belongs and so show the core another order than the live run did.
 */
export interface LateMark {
  readonly late?: true;
}

/** Takes one event. */
export type EventSink<E> = (event: E) => void;

/**
 * Hold events back for a while and hand them on by `t`, those of one `t` as they came.
 *
 * An event older than one already handed on is handed on at once with `late: true`. An event that
 * carries that mark already comes from a recording: everything before it is handed on first, then
 * it. So what has passed one window passes any other unchanged, whatever its width.
 *
 * Ordered input costs one append and one removal of a circular queue. What comes out of order goes
 * to a heap beside it, so that no order of input is slow.
 */
export class OrderWindow<E extends Timed = TraceEvent> {
  readonly #windowNs: number;
  readonly #maxHeld: number;
  readonly #strays = new StrayHeap<E>();
  #slots: (E | undefined)[] = new Array<undefined>(1024).fill(undefined);
  #head = 0;
  #queued = 0;
  #queueEnd = Number.NEGATIVE_INFINITY;
  #newest = Number.NEGATIVE_INFINITY;
  #handedOn = Number.NEGATIVE_INFINITY;

  /**
   * @param windowNs How long an event is held, nanoseconds of `t`. CPUs are apart by what one
   * ring buffer is read later than another, well under 100 ms where the reader is not stalled.
   * @param maxHeld How many events are held; over that the oldest goes early.
   */
  constructor(windowNs = 250e6, maxHeld = 200_000) {
    this.#windowNs = windowNs;
    this.#maxHeld = maxHeld;
  }

  /** How many events are held. */
  get held(): number {
    return this.#queued + this.#strays.size;
  }

  /** Take one event in and hand on those that are due. */
  push(event: E, out: EventSink<E>): void {
    if ((event as LateMark).late === true) {
      this.flush(out);
      out(event);
      return;
    }
    const t = event.t;
    if (t < this.#handedOn) {
      out({ ...event, late: true });
      return;
    }
    if (t >= this.#queueEnd) this.#append(event);
    else this.#strays.add(event);
    if (t > this.#newest) this.#newest = t;
    this.#release(this.#newest - this.#windowNs, out);
    if (this.held > this.#maxHeld) this.#handOn(this.#takeOldest(), out);
  }

  /** Hand on what is due at `nowNs` on the events' clock, when no event comes to say so. */
  advance(nowNs: number, out: EventSink<E>): void {
    if (nowNs > this.#newest) this.#newest = nowNs;
    this.#release(this.#newest - this.#windowNs, out);
  }

  /** Hand on what is not younger, whatever the window; for who knows what can still come. */
  release(untilNs: number, out: EventSink<E>): void {
    this.#release(untilNs, out);
  }

  /** Hand on everything. */
  flush(out: EventSink<E>): void {
    this.#release(Number.POSITIVE_INFINITY, out);
  }

  #append(event: E): void {
    if (this.#queued === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#queued) & (this.#slots.length - 1)] = event;
    this.#queued++;
    this.#queueEnd = event.t;
  }

  #grow(): void {
    const slots = this.#slots;
    const ordered = [...slots.slice(this.#head), ...slots.slice(0, this.#head)];
    this.#slots = ordered.concat(new Array<undefined>(slots.length).fill(undefined));
    this.#head = 0;
  }

  #release(untilNs: number, out: EventSink<E>): void {
    for (;;) {
      const oldest = this.#peekOldest();
      if (oldest === undefined || oldest.t > untilNs) return;
      this.#handOn(this.#takeOldest(), out);
    }
  }

  /**
   * A stray came after the queue had gone past it, so a queued event of the same `t` came before
   * it, and the queue is never empty while there are strays.
   */
  #peekOldest(): E | undefined {
    const queued = this.#queued > 0 ? this.#slots[this.#head] : undefined;
    if (this.#strays.size === 0) return queued;
    const stray = this.#strays.peek();
    return queued !== undefined && stray !== undefined && stray.t < queued.t ? stray : queued;
  }

  #takeOldest(): E | undefined {
    const oldest = this.#peekOldest();
    if (this.#strays.size > 0 && oldest === this.#strays.peek()) return this.#strays.take();
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#queued--;
    return oldest;
  }

  #handOn(event: E | undefined, out: EventSink<E>): void {
    if (event === undefined) return;
    this.#handedOn = event.t;
    out(event);
  }
}
