/** What the reducers share: the table, the clocks and the counts of one trace. */

import type { DetailEvent } from "../event/detail.ts";
import { CLOSING_STATES, type TcpState } from "../event/tcp-state.ts";
import type {
  HeartbeatEvent,
  Nanoseconds,
  ThreadsEvent,
  TransitionEvent,
} from "../event/trace-event.ts";
import { type CountedLives, histogramOf } from "./counted-lives.ts";
import type { CounterWindow } from "./counter-window.ts";
import type { DurationHistogram } from "./duration-histogram.ts";
import type { Evidence, Verdict } from "./endpoint.ts";
import type { EndpointRecord } from "./endpoint-record.ts";
import type { EndpointTable } from "./endpoint-table.ts";
import type { ExpiryQueue } from "./expiry-queue.ts";
import type { GapList } from "./gap-list.ts";
import type { ListenerTable } from "./listener-table.ts";
import type { ProcessTable } from "./process-table.ts";
import type { RecentTeardowns } from "./recent-teardowns.ts";
import type { ResetWindow } from "./reset-window.ts";

/** `TCP_TIMEWAIT_LEN` of `include/net/tcp.h`: a constant of the kernel, 60 s. */
export const TIME_WAIT_NS = 60e9;

/** A connect() that found no port. */
export interface PortFailure {
  readonly at: Nanoseconds;
  readonly netns: number;
  readonly local: string;
  readonly remote: string;
  readonly remotePort: number;
  readonly pid: number;
  readonly comm: string;
  /** Id of the endpoint that this connect() would have been. */
  readonly endpoint: string;
}

/** A stay in a state that is over, for detectors that would otherwise look too late. */
export interface LateLeaving {
  readonly endpoint: EndpointRecord;
  readonly state: TcpState;
  readonly from: Nanoseconds;
  readonly to: Nanoseconds;
}

const LATE_NS = 1e9;
/** The states that a detector asks the length of. */
const WATCHED_STATES: ReadonlySet<TcpState> = new Set<TcpState>([
  "FIN_WAIT1",
  "FIN_WAIT2",
  "CLOSING",
  "CLOSE_WAIT",
  "LAST_ACK",
]);

/** State of one trace; the `apply-*` files change it in place. */
export interface CoreState {
  now: Nanoseconds;
  readonly table: EndpointTable;
  readonly listeners: ListenerTable;
  readonly expiry: ExpiryQueue;
  readonly gaps: GapList;
  readonly phases: Map<TcpState, DurationHistogram>;
  readonly counted: CountedLives;
  readonly processes: ProcessTable;
  /** What the threads of a process were last seen to do. */
  readonly threads: Map<number, ThreadsEvent>;
  /** Sysctls by namespace; key 0 is the header's. */
  readonly sysctls: Map<number, Record<string, string>>;
  readonly counters: Map<number, Record<string, number>>;
  readonly counterWindow: CounterWindow;
  /** Endpoints whose FIN was sent again, until it is answered and the detector has seen them. */
  readonly finTroubled: Set<EndpointRecord>;
  readonly portFailures: PortFailure[];
  /** Endpoints whose socket has just gone, by its address, for the RST or what comes late. */
  readonly justClosed: Map<string, EndpointRecord>;
  /** Endpoints that reached CLOSE while a process held their socket, by its address. */
  readonly heldClosed: Map<string, EndpointRecord>;
  /** Stays of a second and more that ended since the detectors were last asked. */
  readonly left: LateLeaving[];
  /** When tcp_max_tw_buckets was last seen to overflow, by namespace. */
  readonly overflows: Map<number, Nanoseconds>;
  /** Whether the end of a mini-socket is reported by a probe (`time_wait_end`). */
  readonly seesMiniEnd: boolean;
  readonly resends: { FIN: number; DATA: number; SYN: number };
  /** Recent teardown resets, for the detector of resets. */
  readonly resets: ResetWindow;
  /** Endpoints whose teardown has come to a verdict, oldest first, until somebody takes them. */
  readonly settled: { readonly at: Nanoseconds; readonly endpoint: EndpointRecord }[];
  /** Whether anybody takes them. */
  keepsSettled: boolean;
  readonly recent: RecentTeardowns;
  transitions: number;
  segmentsResent: number;
  resetsSeen: number;
  unparsed: number;
  heartbeat: HeartbeatEvent | null;
  /** The newest move to another detail; null while it is the header's. */
  detail: DetailEvent | null;
  /** Until when the kernel only counted what ended well: for ever where it does, null where it never did. */
  countedUntil: Nanoseconds | null;
}

/** Let an endpoint enter a state at `at`; the phase before ends there. */
export function enterState(
  core: CoreState,
  endpoint: EndpointRecord,
  state: TcpState,
  at: Nanoseconds,
  evidence: Evidence,
  atLeast = false,
): void {
  noteStay(core, endpoint, at);
  endpoint.enterPhase(state, at, evidence, atLeast);
  core.table.setState(endpoint, state);
  if (!CLOSING_STATES.has(state)) return;
  endpoint.teardownAt ??= at;
  core.recent.add(endpoint);
}

/** Count the running phase, which ends at `at`. */
function noteStay(core: CoreState, endpoint: EndpointRecord, at: Nanoseconds): void {
  const phase = endpoint.running;
  if (phase === undefined) return;
  const { state, from, atLeast } = phase;
  const to = Math.max(at, from);
  if (to - from >= LATE_NS && WATCHED_STATES.has(state)) {
    core.left.push({ endpoint, state, from, to });
  }
  if (!atLeast) histogramOf(core, state).record(to - from);
}

/** The endpoint is gone from the socket table. */
export function endEndpoint(
  core: CoreState,
  endpoint: EndpointRecord,
  at: Nanoseconds,
  verdict: Verdict,
): void {
  noteStay(core, endpoint, at);
  endpoint.endPhase(at);
  endpoint.verdict ??= verdict;
  if (endpoint.verdict !== "graceful" && endpoint.verdict !== "unfinished") {
    endpoint.teardownAt ??= at;
    core.resets.note(endpoint);
  }
  if (core.keepsSettled && endpoint.state !== "TIME_WAIT") core.settled.push({ at, endpoint });
  if (endpoint.state !== "TIME_WAIT") core.recent.add(endpoint);
  endpoint.unread = null;
  endpoint.unreadBytes = null;
  core.table.end(endpoint, at);
}

/** A mini-socket answers for the endpoint until `expiresAt`. */
export function becomeMini(
  core: CoreState,
  endpoint: EndpointRecord,
  lifetimeNs: number,
  at: Nanoseconds,
): void {
  core.table.detach(endpoint);
  // Nobody holds its file, which is gone with the socket.
  if (endpoint.orphan) core.table.forgetInode(endpoint);
  if (!endpoint.isMini) core.table.ports.becameMini(endpoint);
  endpoint.isMini = true;
  armMini(core, endpoint, at + lifetimeNs);
}

/** (Re-)arm the timer of a mini-socket. One that waits longer now is put off when its turn comes. */
export function armMini(core: CoreState, endpoint: EndpointRecord, expiresAt: Nanoseconds): void {
  const { expiresAt: before } = endpoint;
  endpoint.expiresAt = expiresAt;
  if (before === null || expiresAt < before) core.expiry.push(expiresAt, endpoint.no);
}

/** A sysctl of a namespace, or of the header's namespace where that one is unknown. */
export function sysctlOf(core: CoreState, netns: number, name: string): string | undefined {
  return core.sysctls.get(netns)?.[name] ?? core.sysctls.get(0)?.[name];
}

/** Remember the socket's own figures, where the event carries them. */
export function noteFigures(endpoint: EndpointRecord, event: TransitionEvent): void {
  if (event.to === "FIN_WAIT1" || event.to === "LAST_ACK") noteRoom(endpoint, event);
  if (event.srttUs) endpoint.srttUs = event.srttUs;
  if (event.bytesSent !== undefined) endpoint.bytesSent = event.bytesSent;
  if (event.bytesReceived !== undefined) {
    // tcp_rcv_nxt_update() counts the FIN's sequence number as a byte.
    endpoint.bytesReceived = Math.max(0, event.bytesReceived - (event.finReceived ? 1 : 0));
  }
}

/**
 * The FIN is not queued yet at this change (`net/ipv4/tcp.c:tcp_close_state` comes first), and
 * needs one sequence number of the peer's window behind what is queued.
 */
function noteRoom(endpoint: EndpointRecord, { sendWindow, sendQ }: TransitionEvent): void {
  if (sendWindow === undefined || sendQ === undefined) return;
  endpoint.finHasRoom = sendQ < sendWindow;
}
