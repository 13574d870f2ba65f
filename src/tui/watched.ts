// What the views read: the newest state of a trace, or a copy of it that stands still.
import type { Endpoint } from "../core/endpoint.ts";
import type { Finding } from "../core/finding.ts";
import type { Trace } from "../core/fold.ts";
import type { Listener } from "../core/listener-table.ts";
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
  series(seconds: number): readonly SeriesPoint[];
  ledger(): Ledger;
  process(pid: number): ProcessEvent | undefined;
  listenerOf(tuple: SocketTuple): Readonly<Listener> | undefined;
}

/** How many recent teardowns a view may list. */
export const MOST_RECENT = 500;
/** How many seconds of the past a chart may show. */
export const LONGEST_SERIES = 1800;
const WAITING: readonly WaitingState[] = ["CLOSE_WAIT", "FIN_WAIT1", "CLOSING", "LAST_ACK"];
/** Endpoints of one finding that are copied when the view is frozen. */
const MOST_OF_FINDING = 1000;

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
    series: (seconds) => trace.series(seconds),
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
  const byId = new Map([...copies.values()].map((each) => [each.id, each]));
  const series = [...trace.series(LONGEST_SERIES)];
  const ledger = trace.ledger();
  return {
    now: trace.now,
    count: (state) => counts.get(state) ?? 0,
    waiting: (state) => waiting.get(state) ?? [],
    recent: (count) => recent.slice(0, count),
    endpoint: (id) => byId.get(id),
    findings: () => findings,
    series: (seconds) => series.slice(-seconds),
    ledger: () => ledger,
    process: (pid) => trace.process(pid),
    listenerOf: (tuple) => trace.listenerOf(tuple),
  };
}
