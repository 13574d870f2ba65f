/** Looks up who holds sockets: all holders by descriptor, and who those processes are. */

import type { Endpoint } from "../core/endpoint.ts";
import type { Trace } from "../core/fold.ts";
import { holdersOf } from "../core/holder-history.ts";
import type { Nanoseconds, TraceEvent, UseEvent } from "../event/trace-event.ts";
import { DescriptorScanner } from "../host/fd-scan.ts";
import { ProcessWatch } from "./process-watch.ts";
import { ThreadWatch } from "./thread-watch.ts";

/**
 * Holders of a stuck endpoint are looked up again after this time at the latest, and while it is
 * young as soon as it is twice as old: a server that forks for each connection closes its own
 * descriptor soon, but may be slow to, and by the time of a finding the child alone is to blame.
 */
const STALE_NS = 15e9;
/**
 * After a scan of everybody it rests so many times as long as that took of a CPU, but no longer
 * than some seconds; where it takes a CPU for seconds, three times as long. What it waits for a CPU
 * on a busy host costs nobody anything, and the holder of a stuck connection is not to be named
 * late there.
 */
const REST = 20;
const LONG_REST_NS = 4e9;
const LEAST_REST = 3;
/**
 * Who uses a socket that others had opened is a guess until looked up, so this rest is over by the
 * next second. It may be short: the descriptors of about a hundred processes are read.
 */
const USERS_REST_NS = 0.5e9;
const MOST_DESCRIBED = 300;
const MOST_BLAMED = 100;
const MOST_USES = 1000;

/** What the watch works with. */
export interface OwnerWatchOptions {
  readonly trace: Trace;
  readonly now: () => Nanoseconds;
  readonly out: (event: TraceEvent) => void;
  readonly signal: AbortSignal;
  /** Told where somebody's descriptors may not be read. */
  readonly onUnread: (line: string) => void;
  /** CPU time that this process has taken, nanoseconds. */
  readonly spentNs?: () => Nanoseconds;
}

/** The holders that have been looked up. */
export class OwnerWatch {
  readonly #options: OwnerWatchOptions;
  readonly #descriptors = new DescriptorScanner();
  /** When everybody was asked who holds an endpoint. */
  readonly #lookedUp = new WeakMap<Endpoint, Nanoseconds>();
  /** Of whom the blamed alone were asked, while the scan rested. */
  readonly #asked = new WeakSet<Endpoint>();
  #restsUntil: Nanoseconds = Number.NEGATIVE_INFINITY;
  /** Sockets by inode that a newcomer was seen to use. */
  readonly #used = new Map<number, number>();
  #usersRestUntil: Nanoseconds = Number.NEGATIVE_INFINITY;
  readonly #processes: ProcessWatch;
  readonly #threads: ThreadWatch;

  constructor(options: OwnerWatchOptions) {
    this.#options = options;
    this.#processes = new ProcessWatch(options.now, options.out);
    this.#threads = new ThreadWatch(options.now, options.out);
  }

  /**
   * Who holds the connections that stay in CLOSE_WAIT, where that has not been asked lately.
   *
   * All holders are found by reading everybody's descriptors, which takes a second where there are
   * 200,000, and a leak brings new connections all the time. So it rests in between, and asks
   * meanwhile those who are known to be at it: their owners and the listeners' processes.
   */
  async lookUp(stuck: readonly Endpoint[]): Promise<void> {
    const began = this.#options.now();
    await this.#askUsers();
    const blamed = this.#blamed(stuck);
    for (const pid of blamed) await this.#processes.describe(pid);
    const due = stuck.filter((each) => this.#isStale(each, began));
    if (began >= this.#restsUntil) await this.#askEverybody(due, began);
    else await this.#askBlamed(due, blamed);
    await this.#threads.look(blamed);
  }

  /** A process was seen to use a socket that another had opened. */
  noteUse({ inode, pid }: UseEvent): void {
    if (inode > 0 && this.#used.size < MOST_USES) this.#used.set(inode, pid);
  }

  /**
   * Read the descriptors of those who use a socket that others had opened, and of those others.
   *
   * A server that forks for each connection brings them by the hundred; most are over by now.
   */
  async #askUsers(): Promise<void> {
    const began = this.#options.now();
    if (this.#used.size === 0 || began < this.#usersRestUntil) return;
    const wanted = new Set<number>();
    const among = new Set<number>();
    for (const [inode, user] of this.#used) {
      if (among.size >= MOST_BLAMED) break;
      this.#used.delete(inode);
      const endpoint = this.#options.trace.endpointOfInode(inode);
      if (endpoint === undefined || endpoint.endedAt !== null) continue;
      wanted.add(inode);
      for (const pid of [user, ...holdersOf(endpoint)]) among.add(pid);
      if (endpoint.openedBy !== undefined) among.add(endpoint.openedBy.pid);
    }
    if (wanted.size === 0) return;
    await this.read(wanted, among);
    const now = this.#options.now();
    this.#usersRestUntil = now + Math.min(REST * (now - began), USERS_REST_NS);
  }

  #isStale(endpoint: Endpoint, now: Nanoseconds): boolean {
    const askedAt = this.#lookedUp.get(endpoint);
    if (askedAt === undefined) return true;
    const ageNs = askedAt - (endpoint.enteredAt ?? askedAt - STALE_NS);
    return now - askedAt >= Math.min(STALE_NS, ageNs);
  }

  async #askEverybody(due: readonly Endpoint[], began: Nanoseconds): Promise<void> {
    for (const endpoint of due) this.#lookedUp.set(endpoint, began);
    const wanted = inodesOf(due);
    for (const inode of this.#listenersOf(due)) wanted.add(inode);
    if (wanted.size === 0) return;
    const { now, spentNs = cpuTimeNs } = this.#options;
    const before = spentNs();
    await this.read(wanted);
    const spent = Math.min(spentNs() - before, now() - began);
    this.#restsUntil = now() + restNs(spent);
  }

  /** Files of the listeners that they wait in: those who share one may have been forked since. */
  *#listenersOf(endpoints: readonly Endpoint[]): Iterable<number> {
    for (const { unread, tuple } of endpoints) {
      if (unread !== "not-accepted") continue;
      const inode = this.#options.trace.listenerOf(tuple)?.inode;
      if (inode != null) yield inode;
    }
  }

  async #askBlamed(due: readonly Endpoint[], blamed: ReadonlySet<number>): Promise<void> {
    const fresh = due.filter((each) => !this.#lookedUp.has(each) && !this.#asked.has(each));
    for (const endpoint of fresh) this.#asked.add(endpoint);
    const wanted = inodesOf(fresh);
    if (wanted.size > 0) await this.read(wanted, blamed);
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
    const living: Endpoint[] = [];
    for (const endpoint of this.#options.trace.endpoints()) {
      if (endpoint.endedAt === null && passes(endpoint)) living.push(endpoint);
    }
    const wanted = inodesOf(living);
    if (wanted.size > 0) await this.read(wanted);
  }

  /** Read all holders of these socket files, of all sockets when absent. */
  async read(wanted?: ReadonlySet<number>, among?: ReadonlySet<number>): Promise<void> {
    const { now, out, signal, onUnread } = this.#options;
    const scan = this.#descriptors.scan({
      ...(wanted !== undefined && { wanted }),
      ...(among !== undefined && { among }),
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

function restNs(spentNs: Nanoseconds): Nanoseconds {
  return Math.min(REST * spentNs, Math.max(LONG_REST_NS, LEAST_REST * spentNs));
}

function cpuTimeNs(): Nanoseconds {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

function inodesOf(endpoints: readonly Endpoint[]): Set<number> {
  return new Set(endpoints.flatMap(({ inode }) => (inode ? [inode] : [])));
}
