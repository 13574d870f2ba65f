// What the views read: the newest state of a trace, or a copy of it that stands still.
import type { Endpoint } from "../core/endpoint.ts";
import type { Finding } from "../core/finding.ts";
import type { Trace } from "../core/fold.ts";
import type { Listener } from "../core/listener-table.ts";
import type { PortOutlook } from "../core/port-outlook.ts";
import type { LoggedEvent } from "../core/recent-events.ts";
import type { SeriesPoint } from "../core/series.ts";
import type { Ledger } from "../event/recording.ts";
import { TCP_STATES, type TcpState } from "../event/tcp-state.ts";
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
  /** Endpoints in a state, in order of entry; at most so many. */
  living(state: TcpState, most: number): readonly Endpoint[];
  /** The living endpoint of an event's tuple. */
  endpointOf(tuple: SocketTuple): Endpoint | undefined;
  /** The newest events that tell of a connection, the newest first. */
  log(count: number): readonly LoggedEvent[];
  ports(): PortOutlook;
  ledger(): Ledger;
  process(pid: number): ProcessEvent | undefined;
  listenerOf(tuple: SocketTuple): Readonly<Listener> | undefined;
}

/** How many recent teardowns a view may list. */
export const MOST_RECENT = 500;
/** How many seconds of the past a chart may show. */
export const LONGEST_SERIES = 1800;
const WAITING: readonly WaitingState[] = ["CLOSE_WAIT", "FIN_WAIT1", "CLOSING", "LAST_ACK"];
/** Events that a log may show. */
export const LONGEST_LOG = 1000;
/** Endpoints that one list may show of a state. */
export const MOST_LIVING = 5000;
/** Endpoints of one finding that are copied when the view is frozen. */
const MOST_OF_FINDING = 1000;

function firstOf(endpoints: Iterable<Endpoint>, most: number): Endpoint[] {
  const first: Endpoint[] = [];
  for (const endpoint of endpoints) {
    if (first.length >= most) break;
    first.push(endpoint);
  }
  return first;
}

/** The trace as it goes on. */
export function watch(trace: Trace): Watched {
  return {
    get now() {
      return trace.now;
    },
    count: (state) => trace.inState(state).size,
    waiting: (state) => trace.inState(state),
    recent: (count) => trace.recent(count),
    endpoint: (id) => trace.endpoint(id),
    findings: () => trace.findings(),
    trend: (findingId) => trace.trend(findingId),
    series: (seconds) => trace.series(seconds),
    living: (state, most) => firstOf(trace.inState(state), most),
    endpointOf: (tuple) => trace.endpointOf(tuple),
    log: (count) => trace.recentEvents(count),
    ports: () => trace.ports(),
    ledger: () => trace.ledger(),
    process: (pid) => trace.process(pid),
    listenerOf: (tuple) => trace.listenerOf(tuple),
  };
}

/**
 * The trace as it is at this moment, whatever becomes of it.
 *
 * Endpoints are changed in place by the fold, so those that a view can reach are copied. It costs
 * about a microsecond for each endpoint that waits, once, when the user freezes the view.
 */
export function holdStill(trace: Trace): Watched {
  const copies = new Map<Endpoint, Endpoint>();
  const copy = (endpoint: Endpoint): Endpoint => {
    const known = copies.get(endpoint);
    if (known !== undefined) return known;
    const made: Endpoint = {
      ...endpoint,
      phases: endpoint.phases.map((phase) => ({ ...phase })),
      waves: endpoint.waves.map((wave) => ({ ...wave })),
    };
    copies.set(endpoint, made);
    if (endpoint.peer !== null) made.peer = copy(endpoint.peer);
    return made;
  };
  const counts = new Map(
    TCP_STATES.flatMap((state) => (state === null ? [] : [[state, trace.inState(state).size]])),
  );
  const waiting = new Map(WAITING.map((state) => [state, [...trace.inState(state)].map(copy)]));
  const recent = trace.recent(MOST_RECENT).map(copy);
  const findings = [...trace.findings()];
  for (const { endpoints } of findings) {
    for (const id of endpoints.slice(0, MOST_OF_FINDING)) {
      const endpoint = trace.endpoint(id);
      if (endpoint !== undefined) copy(endpoint);
    }
  }
  const living = new Map(
    TCP_STATES.flatMap((state) =>
      state === null ? [] : [[state, firstOf(trace.inState(state), MOST_LIVING).map(copy)]],
    ),
  );
  const byTuple = new Map([...living.values()].flat().map((each) => [tupleKey(each.tuple), each]));
  const byId = new Map([...copies.values()].map((each) => [each.id, each]));
  const trends = new Map(findings.map(({ id }) => [id, [...trace.trend(id)]]));
  const series = [...trace.series(LONGEST_SERIES)];
  const log = trace.recentEvents(LONGEST_LOG);
  const ports = trace.ports();
  const ledger = trace.ledger();
  return {
    now: trace.now,
    count: (state) => counts.get(state) ?? 0,
    waiting: (state) => waiting.get(state) ?? [],
    recent: (count) => recent.slice(0, count),
    endpoint: (id) => byId.get(id),
    findings: () => findings,
    trend: (findingId) => trends.get(findingId) ?? [],
    series: (seconds) => series.slice(-seconds),
    living: (state, most) => (living.get(state) ?? []).slice(0, most),
    endpointOf: (tuple) => byTuple.get(tupleKey(tuple)),
    log: (count) => log.slice(0, count),
    ports: () => ports,
    ledger: () => ledger,
    process: (pid) => trace.process(pid),
    listenerOf: (tuple) => trace.listenerOf(tuple),
  };
}

const tupleKey = ({ netns, local, localPort, remote, remotePort }: SocketTuple) =>
  `${netns} ${local} ${localPort} ${remote} ${remotePort}`;
