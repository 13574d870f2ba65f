// What the views read of the trace at the moment that is shown.
import type { Endpoint } from "../core/endpoint.ts";
import type { Finding } from "../core/finding.ts";
import type { Trace } from "../core/fold.ts";
import type { Listener } from "../core/listener-table.ts";
import type { PortOutlook } from "../core/port-outlook.ts";
import type { LoggedEvent } from "../core/recent-events.ts";
import type { SeriesPoint } from "../core/series.ts";
import type { DetailEvent } from "../event/detail.ts";
import type { Ledger } from "../event/recording.ts";
import type { TcpState } from "../event/tcp-state.ts";
import type { Nanoseconds, ProcessEvent, SocketTuple } from "../event/trace-event.ts";

/** The states in which an endpoint waits for someone; the views list these one by one. */
export type WaitingState = "CLOSE_WAIT" | "FIN_WAIT1" | "CLOSING" | "LAST_ACK";

/** Everything that a view may ask. Nothing here walks all endpoints. */
export interface Watched {
  readonly now: Nanoseconds;
  count(state: TcpState): number;
  /** In order of entry, the longest wait first. */
  waiting(state: WaitingState): Iterable<Endpoint>;
  /** The newest teardowns, the newest first. */
  recent(count: number): readonly Endpoint[];
  endpoint(id: string): Endpoint | undefined;
  findings(): readonly Finding[];
  /** How many a finding spoke of in each of the last seconds, oldest first. */
  trend(findingId: string): readonly number[];
  series(seconds: number): readonly SeriesPoint[];
  /** The first seconds after the moment that is shown, as far as they are known. */
  after(seconds: number): readonly SeriesPoint[];
  /** Endpoints in a state, in order of entry; at most so many. */
  living(state: TcpState, most: number): readonly Endpoint[];
  /** The living endpoint of an event's tuple. */
  endpointOf(tuple: SocketTuple): Endpoint | undefined;
  /** The newest events that tell of a connection, the newest first. */
  log(count: number): readonly LoggedEvent[];
  ports(): PortOutlook;
  ledger(): Ledger;
  /** The newest move to another detail; null while it is the header's. */
  detail(): DetailEvent | null;
  process(pid: number, at?: Nanoseconds): ProcessEvent | undefined;
  listenerOf(tuple: SocketTuple): Readonly<Listener> | undefined;
}

/** How many recent teardowns a view may list. */
export const MOST_RECENT = 500;
/** How many seconds of the past a chart may show. */
export const LONGEST_SERIES = 1800;
/** Events that a log may show. */
export const LONGEST_LOG = 1000;
/** Endpoints that one list may show of a state. */
export const MOST_LIVING = 5000;

function firstOf(endpoints: Iterable<Endpoint>, most: number): Endpoint[] {
  const first: Endpoint[] = [];
  for (const endpoint of endpoints) {
    if (first.length >= most) break;
    first.push(endpoint);
  }
  return first;
}

/** Where a trace stands: a cursor, or a trace alone. */
export interface WatchPlace {
  readonly trace: Trace;
  after?(seconds: number): readonly SeriesPoint[];
}

/** The trace that stands at a place now, whichever that is: a cursor's may be another after a move. */
export function watch(place: WatchPlace): Watched {
  return {
    get now() {
      return place.trace.now;
    },
    count: (state) => place.trace.inState(state).size,
    waiting: (state) => place.trace.inState(state),
    recent: (count) => place.trace.recent(count),
    endpoint: (id) => place.trace.endpoint(id),
    findings: () => place.trace.findings(),
    trend: (findingId) => place.trace.trend(findingId),
    series: (seconds) => place.trace.series(seconds),
    after: (seconds) => place.after?.(seconds) ?? [],
    living: (state, most) => firstOf(place.trace.inState(state), most),
    endpointOf: (tuple) => place.trace.endpointOf(tuple),
    log: (count) => place.trace.recentEvents(count),
    ports: () => place.trace.ports(),
    ledger: () => place.trace.ledger(),
    detail: () => place.trace.detail,
    process: (pid, at) => place.trace.process(pid, at),
    listenerOf: (tuple) => place.trace.listenerOf(tuple),
  };
}
