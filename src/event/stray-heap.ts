/** A binary heap for the few events that arrive out of order: earliest first, stable. */

/** Anything that has an instant. */
export interface Timed {
  readonly t: number;
}

interface Stray<E> {
  readonly event: E;
  readonly arrival: number;
}

/** Events by `t`, and of one `t` by arrival. */
export class StrayHeap<E extends Timed> {
  readonly #nodes: Stray<E>[] = [];
  #arrivals = 0;

  get size(): number {
    return this.#nodes.length;
  }

  /** The earliest event without taking it, or undefined. */
  peek(): E | undefined {
    return this.#nodes[0]?.event;
  }

  /** Put one event in. */
  add(event: E): void {
    const nodes = this.#nodes;
    const stray = { event, arrival: this.#arrivals++ };
    let at = nodes.length;
    while (at > 0) {
      const parent = nodes[(at - 1) >> 1];
      if (parent === undefined || !isBefore(stray, parent)) break;
      nodes[at] = parent;
      at = (at - 1) >> 1;
    }
    nodes[at] = stray;
  }

  /** Take the earliest event out, or undefined. */
  take(): E | undefined {
    const nodes = this.#nodes;
    const first = nodes[0];
    const last = nodes.pop();
    if (first === undefined || last === undefined || nodes.length === 0) return first?.event;
    let at = 0;
    for (;;) {
      const left = nodes[2 * at + 1];
      const right = nodes[2 * at + 2];
      const least = right !== undefined && left && isBefore(right, left) ? right : left;
      if (least === undefined || !isBefore(least, last)) break;
      nodes[at] = least;
      at = 2 * at + (least === left ? 1 : 2);
    }
    nodes[at] = last;
    return first.event;
  }
}

function isBefore<E extends Timed>(a: Stray<E>, b: Stray<E>): boolean {
  return a.event.t < b.event.t || (a.event.t === b.event.t && a.arrival < b.arrival);
}
