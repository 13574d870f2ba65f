/** Looks at the host beside the probes: socket table, holders, counters, sysctls. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Endpoint } from "../core/endpoint.ts";
import type { TraceEvent } from "../event/trace-event.ts";
import type { NetworkNamespace } from "../host/namespaces.ts";
import { readPidNamespace } from "../host/pid-namespace.ts";
import { complainOnce } from "./complaints.ts";
import { Departures } from "./departures.ts";
import { DoubtfulRows } from "./doubtful-rows.ts";
import { findTools, type HostTools } from "./host-tools.ts";
import type { HostWatchOptions } from "./host-watch-options.ts";
import { readMinis } from "./mini-reading.ts";
import { type CounterNews, NamespaceWatch } from "./namespace-watch.ts";
import { OwnerWatch } from "./owner-watch.ts";
import { readQueues } from "./queue-reading.ts";
import { QueueWatch } from "./queue-watch.ts";
import { SharedRun } from "./shared-run.ts";
import { SharedScan } from "./shared-scan.ts";
import { TableCheck } from "./table-check.ts";
import { MARGIN_NS, TableReader, type TableReading } from "./table-reader.ts";
import { TaskRunner } from "./task-runner.ts";

/** How often each thing is looked at, milliseconds. */
const FACTS_EVERY_MS = 1000;
const QUEUES_EVERY_MS = 2000;
const NAMESPACES_EVERY_MS = 5000;
const CHECK_EVERY_MS = 500;
const NOTICE_AFTER_MS = 200;

/**
 * Reads the host at the start of a trace and watches what the probes cannot see.
 *
 * Every task runs at most once at a time and is awaited by nobody: reading the probes never
 * waits for /proc.
 */
export class HostWatch {
  readonly #options: HostWatchOptions;
  readonly #tasks: TaskRunner;
  readonly #namespaces: NamespaceWatch;
  readonly #complain: (line: string, isBlind?: boolean) => void;
  readonly #table: TableReader;
  readonly #check: TableCheck;
  readonly #departures: Departures;
  readonly #doubts: DoubtfulRows;
  readonly #queues: QueueWatch;
  readonly owners: OwnerWatch;
  readonly #scan = new SharedScan((isQuick) => this.#scanNow(isQuick));
  readonly #sysctls = new SharedRun(() => this.#namespaces.readSysctls(this.#tools as HostTools));
  readonly #counters = new SharedRun(() => this.#readCountersNow());
  /** The last reading of a table that counters asked for. */
  #reading: Promise<void> = Promise.resolve();
  /** A namespace of which events told before a scan found it. */
  #sought: number | undefined;
  #tools: HostTools | null = null;
  #canJoin = true;
  #isNoticing = false;

  constructor(options: HostWatchOptions) {
    const { now, netns, trace } = options;
    const out = (event: TraceEvent) => this.#emit(event);
    this.#options = options;
    this.#complain = complainOnce(options.onProblem);
    this.#tasks = new TaskRunner((what, error) => {
      this.#complain(`cannot read ${what}: ${error instanceof Error ? error.message : error}`);
    });
    this.#namespaces = new NamespaceWatch({ now, netns, out, signal: this.#tasks.signal });
    this.#table = new TableReader({
      now,
      signal: this.#tasks.signal,
      out,
      findAgain: async (inodes) => {
        // Not the shared scan: the reading may be a part of that very one.
        await this.#scanNow();
        return inodes.flatMap((inode) => this.#namespaces.known.get(inode) ?? []);
      },
      onUnread: (line) => this.#complain(line),
    });
    this.#departures = new Departures(trace);
    this.#doubts = new DoubtfulRows(options);
    this.#check = new TableCheck(trace, now, out, (netns) => this.#readCountersNow(netns));
    this.#queues = new QueueWatch(trace, now);
    const { signal } = this.#tasks;
    const onUnread = (line: string) => this.#complain(line, false);
    this.owners = new OwnerWatch({ trace, now, out, signal, onUnread });
  }

  /** Read the whole socket table and all holders once, then keep watching. */
  async start(): Promise<void> {
    this.#tools = await findTools();
    const joins = await readPidNamespace();
    this.#canJoin = joins.isJoinable;
    if (!joins.isJoinable) this.#complain(`owners by descriptor are off: ${joins.reason}`, false);
    const tasks = this.#tasks;
    // On a host with many namespaces the first look takes long, and the probes tell of the stuck.
    tasks.every(FACTS_EVERY_MS, "owners", () => this.#lookUpStuck());
    await tasks.run("the first look at the host", async () => {
      await this.#scan.ask();
      await this.#sysctls.ask();
      await this.#readTable({ namespaces: this.#namespaces.wanted() });
      // A holder is told after the row that shows the socket: the row is dated a margin later.
      await sleep((2 * MARGIN_NS) / 1e6, undefined, { signal: tasks.signal });
      if (this.#canJoin) await this.owners.read();
      await this.#counters.ask();
    });
    tasks.every(QUEUES_EVERY_MS, "receive queues", () => this.#readQueues());
    tasks.every(FACTS_EVERY_MS, "counters", () => this.#counters.ask());
    if (!this.#options.seesMiniSegments) {
      tasks.every(FACTS_EVERY_MS, "time-wait sockets", () => this.#readMinis());
    }
    tasks.every(NAMESPACES_EVERY_MS, "namespaces", () => this.#scanAndCatchUp(true));
    tasks.every(CHECK_EVERY_MS, "the socket table", () => this.#checkTable());
  }

  /** Look at counters, queues and holders of some namespaces now and not at the next turn. */
  async look(netns: ReadonlySet<number>): Promise<void> {
    const tasks = this.#tasks;
    await tasks.run("namespaces", () => this.#scan.ask());
    await tasks.run("sysctls", () => this.#namespaces.readSysctls(this.#tools as HostTools, netns));
    await tasks.run("counters", async () => {
      await this.#readCountersNow(netns);
      // The news may have been the regular reading's, which is at it.
      await this.#reading;
    });
    await tasks.run("receive queues", () => this.#readQueues(netns));
    if (!this.#options.seesMiniSegments) {
      await tasks.run("time-wait sockets", () => this.#readMinis());
    }
    await tasks.run("owners", () => this.#lookUpStuck(netns));
  }

  /** Look up who holds the living endpoints that pass, now. */
  async lookUpOwners(passes: (endpoint: Endpoint) => boolean): Promise<void> {
    if (this.#canJoin) await this.#tasks.run("owners", () => this.owners.lookUpAll(passes));
  }

  /** Look at what is due, as `TaskRunner.tick` says. */
  tick(nowMs: number): void {
    this.#tasks.tick(nowMs);
  }

  /** Stop watching; resolves when nothing is under way any more. */
  stop(): Promise<void> {
    return this.#tasks.stop();
  }

  /** An event came from a namespace; where no scan has found it yet, look soon. */
  notice(netns: number): void {
    this.#namespaces.noteEvent(netns);
    if (this.#tools === null || this.#isNoticing || !this.#namespaces.isNews(netns)) return;
    this.#isNoticing = true;
    this.#tasks.after(NOTICE_AFTER_MS, "namespaces", async () => {
      this.#isNoticing = false;
      this.#sought = netns;
      await this.#scanAndCatchUp();
      await this.#counters.ask();
    });
  }

  /** Each reading of sysctls starts a program in the namespace: nobody waits for it. */
  async #scanAndCatchUp(isQuick = false): Promise<void> {
    await this.#scan.ask(isQuick);
    void this.#tasks.run("sysctls", () => this.#sysctls.ask());
  }

  /** Events are missing, in an outage all: the trace may be wrong about any endpoint. */
  noticeLoss(isOutage: boolean): void {
    this.#check.want(isOutage);
  }

  async #scanNow(isQuick = false): Promise<void> {
    const since = this.#options.now();
    const gone = await this.#namespaces.scan(this.#sought, isQuick);
    const known = this.#namespaces.known;
    const { dead, back } = this.#departures.settle(gone, known);
    for (const inode of dead) this.#table.tellGone(inode, since);
    await this.#compare(back.flatMap((inode) => known.get(inode) ?? []));
  }

  /**
   * Where tcp_max_tw_buckets overflows, only the table tells which endpoints got no mini-socket;
   * where an inode has gone to another namespace, which endpoints were not its predecessor's.
   */
  async #readCountersNow(only?: ReadonlySet<number>): Promise<void> {
    for await (const news of this.#namespaces.readCounters(this.#tools as HostTools, only)) {
      this.#reading = this.#readTableFor(news);
      await this.#reading;
    }
  }

  async #readTableFor({ namespace, isOverflown, isReplaced }: CounterNews): Promise<void> {
    if (isReplaced) await this.#compare([namespace]);
    if (!isOverflown) return;
    // A close within the margin of the reading could still be newer than it.
    await sleep((2 * MARGIN_NS) / 1e6, undefined, { signal: this.#tasks.signal });
    await this.#readTable({ namespaces: [namespace], states: ["TIME_WAIT", "FIN_WAIT2"] });
  }

  async #checkTable(): Promise<void> {
    for (const row of this.#doubts.settled()) this.#options.out(row);
    if (this.#check.isDue) await this.#check.run(() => this.#compare(this.#namespaces.wanted()));
  }

  async #compare(namespaces: readonly NetworkNamespace[]): Promise<void> {
    if (namespaces.length === 0) return;
    await this.#check.compare((part) => this.#readTable({ ...part, namespaces }));
  }

  #readTable(reading: Omit<TableReading, "tools">): Promise<void> {
    return this.#table.read({ ...reading, tools: this.#tools as HostTools });
  }

  async #readQueues(only?: ReadonlySet<number>): Promise<void> {
    const mistaken = await readQueues({
      queues: this.#queues,
      now: this.#options.now,
      read: (inodes, reading) => this.#readTable({ ...reading, namespaces: this.#knownOf(inodes) }),
      ...(only && { only }),
    });
    await this.#compare(this.#knownOf(mistaken));
  }

  #readMinis(): Promise<void> {
    const { now, trace } = this.#options;
    return readMinis({
      trace,
      now,
      out: (end) => this.#emit(end),
      readCounters: (inodes) => this.#readCountersNow(inodes),
      read: (inodes, reading) => this.#readTable({ ...reading, namespaces: this.#knownOf(inodes) }),
    });
  }

  /** All holders, by descriptor, of the connections that stay in CLOSE_WAIT. */
  async #lookUpStuck(only?: ReadonlySet<number>): Promise<void> {
    const stuck = this.#queues.stuck();
    const wanted = only && stuck.filter(({ tuple }) => only.has(tuple.netns));
    if (this.#canJoin) await this.owners.lookUp(wanted ?? stuck);
  }

  #knownOf(inodes: ReadonlySet<number>): NetworkNamespace[] {
    return [...this.#namespaces.known.values()].filter(({ inode }) => inodes.has(inode));
  }

  #emit(event: TraceEvent): void {
    if (!this.#tasks.signal.aborted && !this.#doubts.holds(event)) this.#options.out(event);
  }
}
