/** Looks at the host beside the probes: socket table, holders, counters, sysctls. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Endpoint } from "../core/endpoint.ts";
import type { Trace } from "../core/fold.ts";
import type { TraceEvent } from "../event/trace-event.ts";
import type { NetworkNamespace } from "../host/namespaces.ts";
import { readPidNamespace } from "../host/pid-namespace.ts";
import { Departures } from "./departures.ts";
import { findTools, type HostTools } from "./host-tools.ts";
import { NamespaceWatch } from "./namespace-watch.ts";
import { OwnerWatch } from "./owner-watch.ts";
import { QueueWatch, UNACKED_STATES } from "./queue-watch.ts";
import { TableCheck } from "./table-check.ts";
import { MARGIN_NS, TableReader, type TableReading } from "./table-reader.ts";
import { TaskRunner } from "./task-runner.ts";

/** What the watch works with. */
export interface HostWatchOptions {
  readonly now: () => number;
  readonly trace: Trace;
  readonly out: (event: TraceEvent) => void;
  /** Told of trouble, once each; `isBlind` where something of the host was not read. */
  readonly onProblem: (line: string, isBlind: boolean) => void;
  /** Only this namespace; null for all. */
  readonly netns: number | null;
  /** Whether a probe tells when a mini-socket takes the peer's FIN; else the table is asked. */
  readonly seesMiniSegments: boolean;
}

/** How often each thing is looked at, milliseconds. */
const OWNERS_EVERY_MS = 1000;
const QUEUES_EVERY_MS = 2000;
const COUNTERS_EVERY_MS = 1000;
const MINIS_EVERY_MS = 1000;
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
  readonly #complaints = new Set<string>();
  readonly #table: TableReader;
  readonly #check: TableCheck;
  readonly #departures: Departures;
  readonly #queues: QueueWatch;
  readonly #owners: OwnerWatch;
  #tools: HostTools | null = null;
  #canJoin = true;
  #isNoticing = false;

  constructor(options: HostWatchOptions) {
    const { now, netns, trace } = options;
    const out = (event: TraceEvent) => this.#emit(event);
    this.#options = options;
    this.#tasks = new TaskRunner((what, error) => {
      this.#complain(`cannot read ${what}: ${error instanceof Error ? error.message : error}`);
    });
    this.#namespaces = new NamespaceWatch({ now, netns, out, signal: this.#tasks.signal });
    this.#table = new TableReader({
      now,
      signal: this.#tasks.signal,
      out,
      findAgain: async (inodes) => {
        await this.#scanNamespaces();
        return inodes.flatMap((inode) => this.#namespaces.known.get(inode) ?? []);
      },
      onUnread: (line) => this.#complain(line),
    });
    this.#departures = new Departures(trace);
    this.#check = new TableCheck(trace, now, out);
    this.#queues = new QueueWatch(trace, now);
    const { signal } = this.#tasks;
    this.#owners = new OwnerWatch({
      trace,
      now,
      out,
      signal,
      onUnread: (line) => this.#complain(line, false),
    });
  }

  /** Read the whole socket table and all holders once, then keep watching. */
  async start(): Promise<void> {
    this.#tools = await findTools();
    const joins = await readPidNamespace();
    this.#canJoin = joins.isJoinable;
    if (!joins.isJoinable) this.#complain(`owners by descriptor are off: ${joins.reason}`, false);
    const tasks = this.#tasks;
    // On a host with many namespaces the first look takes long, and the probes tell of the stuck.
    tasks.every(OWNERS_EVERY_MS, "owners", () => this.#lookUpStuck());
    await tasks.run("the first look at the host", async () => {
      await this.#scanNamespaces();
      await this.#readTable({ namespaces: this.#namespaces.wanted() });
      // A holder is told after the row that shows the socket: the row is dated a margin later.
      await sleep((2 * MARGIN_NS) / 1e6, undefined, { signal: tasks.signal });
      if (this.#canJoin) await this.#owners.read();
      await this.#readCounters();
    });
    tasks.every(QUEUES_EVERY_MS, "receive queues", () => this.#readQueues());
    tasks.every(COUNTERS_EVERY_MS, "counters", () => this.#readCounters());
    if (!this.#options.seesMiniSegments) {
      tasks.every(MINIS_EVERY_MS, "time-wait sockets", () => this.#readMinis());
    }
    tasks.every(NAMESPACES_EVERY_MS, "namespaces", () => this.#scanNamespaces());
    tasks.every(CHECK_EVERY_MS, "the socket table", () => this.#checkTable());
  }

  /** Look at counters, queues and holders now and not at the next turn. */
  async look(): Promise<void> {
    const tasks = this.#tasks;
    await tasks.settle();
    await tasks.run("namespaces", () => this.#scanNamespaces());
    await tasks.run("counters", () => this.#readCounters());
    await tasks.run("receive queues", () => this.#readQueues());
    await tasks.run("owners", () => this.#lookUpStuck());
    await tasks.settle();
  }

  /** Look up who holds the living endpoints that pass, now. */
  async lookUpOwners(passes: (endpoint: Endpoint) => boolean): Promise<void> {
    if (this.#canJoin) await this.#tasks.run("owners", () => this.#owners.lookUpAll(passes));
  }

  /** Stop watching; resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    await this.#tasks.stop();
  }

  /** An event came from a namespace; where no scan has found it yet, look soon. */
  notice(netns: number): void {
    this.#namespaces.noteEvent(netns);
    if (this.#tools === null || this.#isNoticing || !this.#namespaces.isNews(netns)) return;
    this.#isNoticing = true;
    this.#tasks.after(NOTICE_AFTER_MS, "namespaces", async () => {
      this.#isNoticing = false;
      await this.#scanNamespaces(netns);
      await this.#readCounters();
    });
  }

  /** Events are missing: the trace may be wrong about any endpoint. */
  noticeLoss(): void {
    this.#check.want();
  }

  #complain(line: string, isBlind = true): void {
    if (this.#complaints.has(line)) return;
    this.#complaints.add(line);
    this.#options.onProblem(line, isBlind);
  }

  async #scanNamespaces(sought?: number): Promise<void> {
    const since = this.#options.now();
    const gone = await this.#namespaces.scan(this.#tools as HostTools, sought);
    const { known } = this.#namespaces;
    const { dead, back } = this.#departures.settle(gone, known);
    for (const inode of dead) this.#table.tellGone(inode, since);
    await this.#compare(back.flatMap((inode) => known.get(inode) ?? []));
  }

  /**
   * Where tcp_max_tw_buckets overflows, only the table tells which endpoints got no mini-socket;
   * where an inode has gone to another namespace, which endpoints were not its predecessor's.
   */
  async #readCounters(): Promise<void> {
    const { overflown, replaced } = await this.#namespaces.readCounters(this.#tools as HostTools);
    await this.#compare(replaced);
    if (overflown.length === 0) return;
    // A close within the margin of the reading could still be newer than it.
    await sleep((2 * MARGIN_NS) / 1e6, undefined, { signal: this.#tasks.signal });
    await this.#readTable({ namespaces: overflown, states: ["TIME_WAIT", "FIN_WAIT2"] });
  }

  async #checkTable(): Promise<void> {
    if (!this.#check.isDue) return;
    await this.#check.run(() => this.#compare(this.#namespaces.wanted()));
  }

  async #compare(namespaces: readonly NetworkNamespace[]): Promise<void> {
    if (namespaces.length === 0) return;
    await this.#check.compare((takes) => this.#readTable({ namespaces, takes }));
  }

  #readTable(reading: Omit<TableReading, "tools">): Promise<void> {
    return this.#table.read({ ...reading, tools: this.#tools as HostTools });
  }

  /**
   * The receive queues of the connections that stay in CLOSE_WAIT, what half-closed ones carry, and
   * what keeps a FIN that is not sent again.
   */
  async #readQueues(): Promise<void> {
    const since = this.#options.now();
    const listed = new Set<Endpoint>();
    const { closeWait, finWait2, quietFins, hasFigures } = this.#queues.next();
    for (const [states, inodes] of [
      [["CLOSE_WAIT"], closeWait],
      [["FIN_WAIT2"], finWait2],
      [UNACKED_STATES, quietFins],
    ] as const) {
      const namespaces = [...this.#namespaces.known.values()].filter((each) =>
        inodes.has(each.inode),
      );
      if (namespaces.length === 0) continue;
      await this.#readTable({
        namespaces,
        states,
        hasFigures,
        takes: (event) => event.type === "snapshot" && this.#queues.isNews(event, listed),
      });
    }
    const mistaken = hasFigures ? this.#queues.mistaken(listed, since - MARGIN_NS) : new Set();
    await this.#compare([...this.#namespaces.known.values()].filter((e) => mistaken.has(e.inode)));
  }

  /**
   * Where FIN_WAIT2 has become TIME_WAIT: only the namespaces and the states in question, which
   * the kernel itself filters by (`idiag_states`), not a dump of all that is established.
   */
  async #readMinis(): Promise<void> {
    const inodes = new Set<number>();
    for (const endpoint of this.#options.trace.inState("FIN_WAIT2")) {
      if (endpoint.isMini) inodes.add(endpoint.tuple.netns);
    }
    const namespaces = [...this.#namespaces.known.values()].filter((each) =>
      inodes.has(each.inode),
    );
    if (namespaces.length === 0) return;
    await this.#readTable({ namespaces, states: ["FIN_WAIT2", "TIME_WAIT"] });
  }

  /** All holders, by descriptor, of the connections that stay in CLOSE_WAIT. */
  async #lookUpStuck(): Promise<void> {
    if (this.#canJoin) await this.#owners.lookUp(this.#queues.stuck());
  }

  #emit(event: TraceEvent): void {
    if (!this.#tasks.signal.aborted) this.#options.out(event);
  }
}
