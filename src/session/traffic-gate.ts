/** Lets through what the probes tell of wanted traffic, where their own comparison is too wide. */

import type { Nanoseconds, TraceEvent, TransitionEvent } from "../event/trace-event.ts";
import type { KernelFilter } from "./kernel-filter.ts";

/** Takes one event. */
type Sink = (event: TraceEvent) => void;

/** A birth is followed within microseconds, or the connection is none that is wanted. */
const LONGEST_NS: Nanoseconds = 2e9;
/** Births that wait at once; the oldest goes for another, and is then followed no more. */
const MOST_BIRTHS = 4096;

/**
 * What the events of one bpftrace go through.
 *
 * Up to 6.12 a child has no peer yet when it is born (LISTEN to SYN_RECV), so the probes tell of
 * every birth and then of the wanted connections only. A birth waits here for what its socket does
 * next. Where that does not come, nothing is told; where it comes too late, when SYN_RECV began.
 */
export class TrafficGate {
  readonly #filter: KernelFilter;
  readonly #out: Sink;
  readonly #births = new Map<string, TransitionEvent>();

  constructor(filter: KernelFilter, out: Sink) {
    this.#filter = filter;
    this.#out = out;
  }

  /** Births that wait. */
  get held(): number {
    return this.#births.size;
  }

  /** Take one event, in the order in which bpftrace told it. */
  take(event: TraceEvent): void {
    if (!this.#filter.passes(event)) return;
    if (event.type === "transition") {
      if (isBirthWithoutPeer(event)) {
        this.#hold(event);
        return;
      }
      const birth = this.#births.get(event.sk);
      if (birth !== undefined) {
        this.#births.delete(event.sk);
        if (follows(birth, event)) this.#out(birth);
      }
    }
    this.#out(event);
  }

  #hold(birth: TransitionEvent): void {
    // Last in the map is newest, also where the kernel has used the socket's memory again.
    this.#births.delete(birth.sk);
    this.#births.set(birth.sk, birth);
    if (this.#births.size <= MOST_BIRTHS) return;
    for (const oldest of this.#births.keys()) {
      this.#births.delete(oldest);
      break;
    }
  }
}

function isBirthWithoutPeer({ from, to, remotePort }: TransitionEvent): boolean {
  return from === "LISTEN" && to === "SYN_RECV" && remotePort === 0;
}

/** Another life of the same memory begins in another state. */
function follows(birth: TransitionEvent, next: TransitionEvent): boolean {
  return (
    next.from === "SYN_RECV" &&
    next.remotePort !== 0 &&
    next.netns === birth.netns &&
    next.localPort === birth.localPort &&
    next.t - birth.t <= LONGEST_NS
  );
}

/** The sink before `out` that a filter needs: without networks none, and nothing is paid. */
export function gateBefore(filter: KernelFilter, out: Sink): Sink {
  if (!filter.hasNetworks) return out;
  const gate = new TrafficGate(filter, out);
  return (event) => gate.take(event);
}
