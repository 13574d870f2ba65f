/** Looks up who holds sockets: all holders by descriptor, and who those processes are. */

import type { Endpoint } from "../core/endpoint.ts";
import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import { DescriptorScanner, type DescriptorScanSummary } from "../host/fd-scan.ts";
import { ProcessWatch } from "./process-watch.ts";

/** Holders of a stuck endpoint are looked up again after this time. */
const STALE_NS = 15e9;
const MOST_DESCRIBED = 300;

/** The holders that have been looked up. */
export class OwnerWatch {
  readonly #now: () => Nanoseconds;
  readonly #out: (event: TraceEvent) => void;
  readonly #signal: AbortSignal;
  readonly #descriptors = new DescriptorScanner();
  readonly #lookedUp = new WeakMap<Endpoint, number>();
  readonly #processes: ProcessWatch;

  constructor(now: () => Nanoseconds, out: (event: TraceEvent) => void, signal: AbortSignal) {
    this.#now = now;
    this.#out = out;
    this.#signal = signal;
    this.#processes = new ProcessWatch(now, out);
  }

  /** The socket files of stuck connections whose holders have not been looked up lately. */
  async due(stuck: readonly Endpoint[]): Promise<ReadonlySet<number>> {
    const now = this.#now();
    const wanted = new Set<number>();
    for (const endpoint of stuck) {
      if (now - (this.#lookedUp.get(endpoint) ?? Number.NEGATIVE_INFINITY) < STALE_NS) continue;
      this.#lookedUp.set(endpoint, now);
      if (endpoint.inode) wanted.add(endpoint.inode);
      const { owner } = endpoint;
      if (owner !== null) await this.#processes.describe(owner.pid);
    }
    return wanted;
  }

  /** Read all holders of these socket files, of all sockets when absent. */
  async read(wanted?: ReadonlySet<number>): Promise<DescriptorScanSummary> {
    const scan = this.#descriptors.scan({
      ...(wanted === undefined ? {} : { wanted }),
      now: this.#now,
      signal: this.#signal,
    });
    const holders = new Set<number>();
    let step = await scan.next();
    for (; step.done !== true; step = await scan.next()) {
      for (const event of step.value) {
        this.#out(event);
        holders.add(event.pid);
      }
    }
    for (const pid of [...holders].slice(0, MOST_DESCRIBED)) await this.#processes.describe(pid);
    return step.value;
  }
}
