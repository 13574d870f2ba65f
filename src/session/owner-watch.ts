/** Looks up who holds sockets: all holders by descriptor, and who those processes are. */

import type { Endpoint } from "../core/endpoint.ts";
import type { Trace } from "../core/fold.ts";
import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import { DescriptorScanner } from "../host/fd-scan.ts";
import { ProcessWatch } from "./process-watch.ts";
import { ThreadWatch } from "./thread-watch.ts";

/** Holders of a stuck endpoint are looked up again after this time. */
const STALE_NS = 15e9;
const MOST_DESCRIBED = 300;
const MOST_BLAMED = 100;

/** What the watch works with. */
export interface OwnerWatchOptions {
  readonly trace: Trace;
  readonly now: () => Nanoseconds;
  readonly out: (event: TraceEvent) => void;
  readonly signal: AbortSignal;
  /** Told where somebody's descriptors may not be read. */
  readonly onUnread: (line: string) => void;
}

/** The holders that have been looked up. */
export class OwnerWatch {
  readonly #options: OwnerWatchOptions;
  readonly #descriptors = new DescriptorScanner();
  readonly #lookedUp = new WeakMap<Endpoint, number>();
  readonly #processes: ProcessWatch;
  readonly #threads: ThreadWatch;

  constructor(options: OwnerWatchOptions) {
    this.#options = options;
    this.#processes = new ProcessWatch(options.now, options.out);
    this.#threads = new ThreadWatch(options.now, options.out);
  }

  /** Who holds the connections that stay in CLOSE_WAIT, where that has not been asked lately. */
  async lookUp(stuck: readonly Endpoint[]): Promise<void> {
    const now = this.#options.now();
    const wanted = new Set<number>();
    const blamed = this.#blamed(stuck);
    for (const endpoint of stuck) {
      if (now - (this.#lookedUp.get(endpoint) ?? Number.NEGATIVE_INFINITY) < STALE_NS) continue;
      this.#lookedUp.set(endpoint, now);
      if (endpoint.inode) wanted.add(endpoint.inode);
    }
    for (const pid of blamed) await this.#processes.describe(pid);
    if (wanted.size > 0) await this.read(wanted);
    await this.#threads.look(blamed);
  }

  /** The processes that would have to close or accept these: owners and listeners. */
  #blamed(stuck: readonly Endpoint[]): Set<number> {
    const pids = new Set<number>();
    for (const { owner, unread, tuple } of stuck) {
      const listener = unread === "not-accepted" ? this.#options.trace.listenerOf(tuple) : null;
      const pid = listener?.pid ?? owner?.pid;
      if (pid != null) pids.add(pid);
      if (pids.size >= MOST_BLAMED) break;
    }
    return pids;
  }

  /** Who holds the living endpoints that pass, whenever that was last asked. */
  async lookUpAll(passes: (endpoint: Endpoint) => boolean): Promise<void> {
    const wanted = new Set<number>();
    for (const endpoint of this.#options.trace.endpoints()) {
      const { endedAt, inode } = endpoint;
      if (endedAt === null && inode && passes(endpoint)) wanted.add(inode);
    }
    if (wanted.size > 0) await this.read(wanted);
  }

  /** Read all holders of these socket files, of all sockets when absent. */
  async read(wanted?: ReadonlySet<number>): Promise<void> {
    const { now, out, signal, onUnread } = this.#options;
    const scan = this.#descriptors.scan({
      ...(wanted === undefined ? {} : { wanted }),
      now,
      signal,
    });
    const holders = new Set<number>();
    let step = await scan.next();
    for (; step.done !== true; step = await scan.next()) {
      for (const event of step.value) {
        out(event);
        holders.add(event.pid);
      }
    }
    if (step.value.unreadable > 0) onUnread("the descriptors of some processes may not be read");
    for (const pid of [...holders].slice(0, MOST_DESCRIBED)) await this.#processes.describe(pid);
  }
}
