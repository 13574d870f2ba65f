/** Lets through what the probes tell of wanted traffic, where their own comparison is too wide. */

import type { TraceEvent } from "../event/trace-event.ts";
import type { KernelFilter } from "./kernel-filter.ts";

/** Takes one event. */
type Sink = (event: TraceEvent) => void;

/** What the events of one bpftrace go through. */
export class TrafficGate {
  readonly #filter: KernelFilter;
  readonly #out: Sink;

  constructor(filter: KernelFilter, out: Sink) {
    this.#filter = filter;
    this.#out = out;
  }

  /** Take one event, which comes in the order in which bpftrace told it. */
  take(event: TraceEvent): void {
    if (this.#filter.passes(event)) this.#out(event);
  }
}

/** The sink before `out` that a filter needs: without networks none, and nothing is paid. */
export function gateBefore(filter: KernelFilter, out: Sink): Sink {
  if (!filter.hasNetworks) return out;
  const gate = new TrafficGate(filter, out);
  return (event) => gate.take(event);
}
