/** What happened in each second: the figures behind the charts. */

import type { TcpState } from "../event/tcp-state.ts";
import type { Nanoseconds } from "../event/trace-event.ts";

/** One second of the trace. */
export interface SeriesPoint {
  /** The second's start, nanoseconds. */
  readonly at: Nanoseconds;
  readonly transitions: number;
  readonly retransmits: number;
  readonly resets: number;
  /** Endpoints in each state at the second's end. */
  readonly states: Readonly<Partial<Record<TcpState, number>>>;
}

const KEPT = 3600;

/** The last hour, a point a second. */
export class Series {
  readonly #points: SeriesPoint[];

  constructor(before: readonly SeriesPoint[] = []) {
    this.#points = [...before];
  }

  copy(): Series {
    const copy = new Series();
    for (const point of this.#points) copy.#points.push(point);
    return copy;
  }

  /** Add a second; the end of a trace may ask for one that is already there. */
  push(point: SeriesPoint): void {
    const last = this.#points.at(-1);
    if (last !== undefined && last.at >= point.at) return;
    this.#points.push(point);
    if (this.#points.length > KEPT * 2) this.#points.splice(0, KEPT);
  }

  /** The newest points, oldest first. */
  last(count: number): readonly SeriesPoint[] {
    return this.#points.slice(-Math.min(count, KEPT));
  }
}
