/** After events have gone missing: holds the trace against the kernel's whole socket table. */

import { isCountedOnly, listsCounted } from "../core/counted-only.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { Trace } from "../core/fold.ts";
import type { TcpState } from "../event/tcp-state.ts";
import type { Nanoseconds, SnapshotEndEvent, SnapshotEvent } from "../event/trace-event.ts";
import { tupleKey } from "../event/tuple.ts";

/** Between the end of one reading and the next: so many times as long as it took, and at least. */
const REST = 20;
const LEAST_REST_NS = 2e9;
/** The same where the table is full of what was only counted, which is no news. */
const COUNTED_REST_NS = 30e9;
/** No endpoints: listeners, request sockets, and what bind() alone leaves. */
const LEFT_OUT: ReadonlySet<TcpState> = new Set(["CLOSE", "LISTEN", "NEW_SYN_RECV", "SYN_RECV"]);

/** Reads the whole table and hands over its events, each dated; `takes` says which to record. */
export type ReadTable = (
  takes: (event: SnapshotEvent | SnapshotEndEvent) => boolean,
) => Promise<void>;

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

  /** Events are missing. */
  want(): void {
    this.#isWanted = true;
  }

  /** Whether events are missing and the last reading is long enough ago. */
  get isDue(): boolean {
    return this.#isWanted && this.#now() >= this.#dueAt;
  }

  /** Let the table be compared, and say when the next time may be. */
  async run(compare: () => Promise<void>): Promise<void> {
    this.#isWanted = false;
    const began = this.#now();
    await compare();
    const now = this.#now();
    const least = listsCounted(this.#trace, now) ? COUNTED_REST_NS : LEAST_REST_NS;
    this.#dueAt = now + Math.max(least, REST * (now - began));
  }

  /** Read a table, of some namespaces or all, and tell what the trace has wrong of them. */
  async compare(read: ReadTable): Promise<void> {
    const listed = new Set<Endpoint | string>();
    const ends = new Map<number, SnapshotEndEvent>();
    await read((event) => {
      if (event.type === "snapshot") return this.#isNews(event, listed);
      ends.set(event.netns, event);
      return false;
    });
    const absent: { readonly endpoint: Endpoint; readonly end: SnapshotEndEvent }[] = [];
    for (const endpoint of this.#trace.endpoints()) {
      const end = ends.get(endpoint.tuple.netns);
      if (end === undefined || listed.has(endpoint)) continue;
      if (listed.has(tupleKey(endpoint.tuple))) continue;
      if (isOlder(endpoint, end.since)) absent.push({ endpoint, end });
    }
    const minis = absent.filter(({ endpoint }) => endpoint.isMini);
    if (minis.length > 0) await this.#readCounters(new Set(minis.map(({ end }) => end.netns)));
    for (const { endpoint, end } of absent) {
      const t = Math.max(end.t, this.#now());
      if (isOlder(endpoint, end.since)) this.#out(absence(endpoint, { ...end, t }));
    }
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
