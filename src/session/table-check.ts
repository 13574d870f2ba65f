/** After events have gone missing: holds the trace against the kernel's whole socket table. */

import { isCountedOnly, listsCounted } from "../core/counted-only.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { Trace } from "../core/fold.ts";
import type { TcpState } from "../event/tcp-state.ts";
import type { Nanoseconds, SnapshotEndEvent, SnapshotEvent } from "../event/trace-event.ts";
import { portPair, tupleKey } from "../event/tuple.ts";
import { ALL_STATES } from "../host/snapshot.ts";
import type { TableReading } from "./table-reader.ts";

/** Between the end of one reading and the next: so many times as long as it took, and at least. */
const REST = 20;
const LEAST_REST_NS = 2e9;
/** The same while most is only counted, and a flood has better uses for a CPU than a new process. */
const COUNTED_REST_NS = 10e9;
/** The states to read where TIME_WAIT is full of what was only counted, which is no news. */
const BEFORE_TIME_WAIT = ALL_STATES.filter((state) => state !== "TIME_WAIT");
/** No endpoints: listeners, request sockets, and what bind() alone leaves. */
const LEFT_OUT: ReadonlySet<TcpState> = new Set(["CLOSE", "LISTEN", "NEW_SYN_RECV", "SYN_RECV"]);

/** What to read of a table. */
type TablePart = Pick<TableReading, "states" | "ports" | "netns">;

/**
 * Reads a table, of some namespaces or all, or the part of it that is asked for, and hands over its
 * events, each dated; `takes` says which to record.
 */
export type ReadTable = (
  part: TablePart & {
    readonly takes: (event: SnapshotEvent | SnapshotEndEvent) => boolean;
  },
) => Promise<void>;

/** Who is not in a table, and the end of the dump that does not list it. */
interface Absent {
  readonly endpoint: Endpoint;
  readonly end: SnapshotEndEvent;
}

/**
 * The kernel leaves out a run of a probe when its CPU is in another, and a teardown's segments
 * arrive in interrupts: of a busy host a few endpoints in a hundred miss a change of state, and
 * without the table they would stand in FIN_WAIT1 or LAST_ACK for ever.
 *
 * Only what the trace has wrong is recorded; an endpoint that the table does not list is told by
 * a row in CLOSE. So a million sockets cost one reading and no room in the recording.
 */
export class TableCheck {
  readonly #trace: Trace;
  readonly #now: () => Nanoseconds;
  readonly #out: (event: SnapshotEvent) => void;
  readonly #readCounters: (netns: ReadonlySet<number>) => Promise<void>;
  #isWanted = false;
  #isUrgent = false;
  #dueAt = Number.NEGATIVE_INFINITY;

  /**
   * @param readCounters tells of the counters of some namespaces as they are now: of a mini-socket
   *   that is not listed, only TCPTimeWaitOverflow says whether the kernel ever made it
   */
  constructor(
    trace: Trace,
    now: () => Nanoseconds,
    out: (event: SnapshotEvent) => void,
    readCounters: (netns: ReadonlySet<number>) => Promise<void>,
  ) {
    this.#trace = trace;
    this.#now = now;
    this.#out = out;
    this.#readCounters = readCounters;
  }

  /**
   * Events are missing.
   *
   * @param isUrgent all of some time are: no rest then, for where it takes long to read the tables
   *   of many namespaces, that rest is minutes
   */
  want(isUrgent = false): void {
    this.#isWanted = true;
    this.#isUrgent ||= isUrgent;
  }

  /** Whether events are missing and the last reading is long enough ago. */
  get isDue(): boolean {
    return this.#isWanted && (this.#isUrgent || this.#now() >= this.#dueAt);
  }

  /** Let the table be compared, and say when the next time may be. */
  async run(compare: () => Promise<void>): Promise<void> {
    this.#isWanted = false;
    this.#isUrgent = false;
    const began = this.#now();
    await compare();
    const now = this.#now();
    const least = listsCounted(this.#trace, now) ? COUNTED_REST_NS : LEAST_REST_NS;
    this.#dueAt = now + Math.max(least, REST * (now - began));
  }

  /**
   * Read a table, of some namespaces or all, and tell what the trace has wrong of them.
   *
   * A flood of connections leaves some hundred thousand in TIME_WAIT, which the kernel counted and
   * the trace does not know. There TIME_WAIT is left out, and looked into only for those that may
   * have come to it unseen; who is known to be in it leaves it by its own event or in a minute.
   */
  async compare(read: ReadTable): Promise<void> {
    const isFlooded = listsCounted(this.#trace, this.#now());
    const listed = new Set<Endpoint | string>();
    let absent = await this.#absentFrom(
      read,
      isFlooded ? { states: BEFORE_TIME_WAIT } : {},
      listed,
    );
    if (isFlooded) absent = await this.#absentFromTimeWait(read, absent, listed);
    const minis = absent.filter(({ endpoint }) => endpoint.isMini);
    if (minis.length > 0) await this.#readCounters(new Set(minis.map(({ end }) => end.netns)));
    for (const { endpoint, end } of absent) {
      const t = Math.max(end.t, this.#now());
      if (isOlder(endpoint, end.since)) this.#out(absence(endpoint, { ...end, t }));
    }
  }

  /** Of those that a table without TIME_WAIT lacks: who is not in TIME_WAIT either. */
  async #absentFromTimeWait(
    read: ReadTable,
    absent: readonly Absent[],
    listed: Set<Endpoint | string>,
  ): Promise<readonly Absent[]> {
    const missed = absent.filter(({ endpoint }) => endpoint.state !== "TIME_WAIT");
    if (missed.length === 0) return [];
    const ports = new Set(
      missed.map(({ endpoint: { tuple } }) => portPair(tuple.localPort, tuple.remotePort)),
    );
    const netns = new Set(missed.map(({ end }) => end.netns));
    const part: TablePart = { states: ["TIME_WAIT"], ports, netns };
    const still = await this.#absentFrom(read, part, listed);
    const isStill = new Set(still.map(({ endpoint }) => endpoint));
    // By the end of the first: neither has seen what was there before it began.
    return missed.filter(({ endpoint }) => isStill.has(endpoint));
  }

  /** Read a part of the table; gives who is not in it, nor was in what was read before. */
  async #absentFrom(
    read: ReadTable,
    part: TablePart,
    listed: Set<Endpoint | string>,
  ): Promise<readonly Absent[]> {
    const ends = new Map<number, SnapshotEndEvent>();
    const takes = (event: SnapshotEvent | SnapshotEndEvent): boolean => {
      if (event.type === "snapshot") return this.#isNews(event, listed);
      ends.set(event.netns, event);
      return false;
    };
    await read({ ...part, takes });
    const absent: Absent[] = [];
    for (const endpoint of this.#trace.endpoints()) {
      const end = ends.get(endpoint.tuple.netns);
      if (end === undefined || listed.has(endpoint)) continue;
      if (listed.has(tupleKey(endpoint.tuple))) continue;
      if (isOlder(endpoint, end.since)) absent.push({ endpoint, end });
    }
    return absent;
  }

  /** The trace is behind the table: by the end it may know an endpoint that it does not know yet. */
  #isNews(row: SnapshotEvent, listed: Set<Endpoint | string>): boolean {
    if (LEFT_OUT.has(row.state)) return false;
    const endpoint = this.#trace.endpointOf(row);
    listed.add(endpoint ?? tupleKey(row));
    if (endpoint === undefined) return !isCountedOnly(this.#trace, row);
    return endpoint.state !== row.state || endpoint.isMini !== (row.timer === "timewait");
  }
}

/** Whether nothing is known of it that the reading could not have seen. */
function isOlder({ endedAt, bornAt, touchedAt, tuple }: Endpoint, since: Nanoseconds): boolean {
  return endedAt === null && bornAt < since && touchedAt < since && tuple.localPort !== 0;
}

function absence({ tuple }: Endpoint, { t, since, dump }: SnapshotEndEvent): SnapshotEvent {
  return {
    type: "snapshot",
    t,
    since,
    dump,
    ...tuple,
    state: "CLOSE",
    recvQ: 0,
    sendQ: 0,
    inode: 0,
    uid: 0,
    timer: null,
    timerMs: null,
    retries: 0,
    cookie: null,
  };
}
