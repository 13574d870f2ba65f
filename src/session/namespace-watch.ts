/** Watches the network namespaces: which there are, their sysctls, their counters. */

import type { TraceEvent } from "../event/trace-event.ts";
import { changed } from "../host/changed.ts";
import { readCounters } from "../host/counters.ts";
import type { FileTools } from "../host/namespace-files.ts";
import { NamespaceScanner, type NetworkNamespace } from "../host/namespaces.ts";
import { readSysctls } from "../host/sysctls.ts";
import { TimeSlice } from "../host/time-slice.ts";
import { CounterTurns } from "./counter-turns.ts";

/** What it works with. */
export interface NamespaceWatchOptions {
  readonly now: () => number;
  readonly out: (event: TraceEvent) => void;
  readonly signal: AbortSignal;
  /** Only this namespace; null for all. */
  readonly netns: number | null;
}

/** Entering a namespace starts a process: those of others are read again once a minute. */
const SYSCTLS_EVERY_SCANS = 12;
/** Who makes a namespace sets its sysctls just afterwards: a new one is read at two scans. */
const READINGS_OF_NEW = 2;
const OVERFLOW = "TcpExt.TCPTimeWaitOverflow";

/** A namespace of which the socket table must be read, by what its counters tell. */
export interface CounterNews {
  readonly namespace: NetworkNamespace;
  /** tcp_max_tw_buckets has overflown there since the last look. */
  readonly isOverflown: boolean;
  /** It has the inode of one that has gone: the sockets known by it may all be the other's. */
  readonly isReplaced: boolean;
}

/** Namespaces come and go; what changed since the last look becomes an event. */
export class NamespaceWatch {
  readonly #options: NamespaceWatchOptions;
  readonly #scanner = new NamespaceScanner();
  readonly #counters = new Map<number, Readonly<Record<string, number>>>();
  readonly #sysctls = new Map<number, { values: Record<string, string>; readings: number }>();
  readonly #dueSysctls = new Set<number>();
  /** Namespaces that events come from and no scan can find: held by a descriptor alone. */
  readonly #unfound = new Set<number>();
  #known: ReadonlyMap<number, NetworkNamespace> = new Map();
  #scans = 0;
  readonly #turns = new CounterTurns();

  constructor(options: NamespaceWatchOptions) {
    this.#options = options;
  }

  /** All that the last scan found. */
  get known(): ReadonlyMap<number, NetworkNamespace> {
    return this.#known;
  }

  /** Those that the trace is about. */
  wanted(): NetworkNamespace[] {
    const { netns } = this.#options;
    return [...this.#known.values()].filter((each) => netns === null || each.inode === netns);
  }

  /** Whether an event came from one that no scan has found yet and the next may find. */
  isNews(netns: number): boolean {
    return netns !== 0 && !this.#known.has(netns) && !this.#unfound.has(netns);
  }

  /**
   * Look for namespaces.
   *
   * @param isQuick whether a process that has moved to another may be found so some scans later
   * @returns the inodes of those that are no longer found
   */
  async scan(sought?: number, isQuick = false): Promise<readonly number[]> {
    const scan = await this.#scanner.scan(this.#options.signal, isQuick);
    this.#known = scan.namespaces;
    for (const inode of scan.gone) {
      this.#sysctls.delete(inode);
      this.#dueSysctls.delete(inode);
      this.#counters.delete(inode);
      this.#turns.forget(inode);
    }
    if (this.#scans > 0) for (const inode of scan.added) this.#begin(inode);
    if (this.#scans++ % SYSCTLS_EVERY_SCANS === 0) {
      for (const inode of this.#known.keys()) this.#dueSysctls.add(inode);
    }
    if (sought !== undefined && !this.#known.has(sought)) this.#unfound.add(sought);
    const { netns } = this.#options;
    return scan.gone.filter((inode) => netns === null || inode === netns);
  }

  /**
   * Read the sysctls that are new or due.
   *
   * @param only read these alone, and now
   */
  async readSysctls(tools: FileTools, only?: ReadonlySet<number>): Promise<void> {
    for (const namespace of this.wanted()) {
      const { inode, isOwn } = namespace;
      const isNew = (this.#sysctls.get(inode)?.readings ?? 0) < READINGS_OF_NEW;
      const isDue = isNew || isOwn || this.#dueSysctls.has(inode);
      if (!(only?.has(inode) ?? isDue)) continue;
      this.#dueSysctls.delete(inode);
      await this.#readSysctls(namespace, tools);
    }
  }

  /** Something happened in a namespace: its counters may have moved. */
  noteEvent(netns: number): void {
    this.#turns.note(netns);
  }

  /**
   * Read the counters of all wanted namespaces, those that are quiet and costly seldom, and give
   * the news of each before the next is read.
   *
   * @param only read these alone, and now
   */
  async *readCounters(tools: FileTools, only?: ReadonlySet<number>): AsyncGenerator<CounterNews> {
    const { now, out, signal } = this.#options;
    if (only === undefined) this.#turns.begin();
    const slice = new TimeSlice();
    for (const namespace of this.wanted()) {
      if (!(only?.has(namespace.inode) ?? this.#isDue(namespace))) continue;
      if (slice.isSpent()) await slice.renew(signal);
      const netns = namespace.inode;
      const values = await readCounters(namespace, tools, signal).catch(() => null);
      if (values === null || values === this.#counters.get(netns)) continue;
      const isReplaced = isAnother(this.#counters.get(netns), values);
      if (isReplaced) this.#begin(netns);
      const before = this.#counters.get(netns);
      const news = changed(before ?? {}, values);
      this.#counters.set(netns, values);
      if (news !== null) out({ type: "host", t: now(), netns, counters: news });
      const isOverflown = before !== undefined && news !== null && OVERFLOW in news;
      if (isOverflown || isReplaced) yield { namespace, isOverflown, isReplaced };
    }
  }

  #isDue({ inode, isOwn, pid }: NetworkNamespace): boolean {
    return isOwn || pid !== null || !this.#counters.has(inode) || this.#turns.isDue(inode);
  }

  /** A namespace born under our eyes began with counters of 0. */
  #begin(netns: number): void {
    const counters = { [OVERFLOW]: 0 };
    this.#counters.set(netns, counters);
    this.#options.out({ type: "host", t: this.#options.now(), netns, counters });
  }

  async #readSysctls(namespace: NetworkNamespace, tools: FileTools): Promise<void> {
    const { now, out, signal } = this.#options;
    const values = await readSysctls(namespace, tools, signal).catch(() => null);
    if (values === null) return;
    const known = this.#sysctls.get(namespace.inode);
    const news = changed(known?.values ?? {}, values);
    this.#sysctls.set(namespace.inode, { values, readings: (known?.readings ?? 0) + 1 });
    if (news !== null) out({ type: "host", t: now(), netns: namespace.inode, sysctls: news });
  }
}

/**
 * Whether these are the counters of another namespace: the kernel gives an inode that is free to
 * the next namespace at once, and a counter of TCP never falls.
 */
function isAnother(
  before: Readonly<Record<string, number>> | undefined,
  values: Readonly<Record<string, number>>,
): boolean {
  if (before === undefined) return false;
  return Object.entries(values).some(
    ([name, value]) => name.startsWith("Tcp") && value < (before[name] ?? 0),
  );
}
