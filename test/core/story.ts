/** Tells the core a story by hand: sockets, what the probes would say of them, and when. */
import type { Endpoint } from "../../src/core/endpoint.ts";
import { Trace } from "../../src/core/fold.ts";
import type { TraceOptions } from "../../src/core/trace.ts";
import type { TcpState } from "../../src/event/tcp-state.ts";
import type {
  GapEvent,
  HostEvent,
  MiniEndEvent,
  MiniSegmentEvent,
  OwnerEvent,
  ReadEvent,
  ResetEvent,
  RetransmitEvent,
  SnapshotEndEvent,
  SnapshotEvent,
  SocketEvidence,
  SocketTuple,
  TraceEvent,
  TransitionEvent,
} from "../../src/event/trace-event.ts";
import { factsOf } from "./facts.ts";

export const NETNS = 4026531840;
export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const ACK = 16;

/** A kernel socket: its address and its tuple. */
export interface Sock extends SocketTuple {
  readonly sk: string;
}

let sockets = 0;

/** A socket, of the client unless told otherwise. */
export function sock(change: Partial<Sock> = {}): Sock {
  return {
    sk: `ffff8881${(++sockets * 0x40).toString(16).padStart(8, "0")}`,
    netns: NETNS,
    local: "10.0.0.1",
    localPort: 40_000,
    remote: "10.0.0.2",
    remotePort: 443,
    ...change,
  };
}

/** The other end of a socket, where it lives in the same namespace unless told otherwise. */
export function peerOf(of: Sock, change: Partial<Sock> = {}): Sock {
  const { netns, local, localPort, remote, remotePort } = of;
  return sock({
    netns,
    local: remote,
    localPort: remotePort,
    remote: local,
    remotePort: localPort,
    ...change,
  });
}

/** The evidence of a state change in process context, of a socket that somebody holds. */
const QUIET: SocketEvidence = {
  shutdown: 0,
  error: 0,
  orphan: false,
  finReceived: false,
  inProcess: true,
  exiting: false,
  linger: false,
  closing: false,
  recvQ: 0,
  sendQ: 0,
  inode: 1000,
};

/** What the kernel says beside the change itself. */
export type Evidence = SocketEvidence & { readonly pid?: number; readonly comm?: string };

/** In a softirq: whoever is on the CPU did not act. */
export const SOFTIRQ: Evidence = { inProcess: false, pid: 0, comm: "swapper/0" };
/** By close(). */
export const CLOSING_CALL: Evidence = { shutdown: 3, closing: true };
/** By shutdown(SHUT_WR). */
export const SHUTDOWN_CALL: Evidence = { shutdown: 2, closing: false };
/** In a softirq, after the application has let go. */
export const ORPHANED: Evidence = { ...SOFTIRQ, orphan: true, shutdown: 3, inode: 0 };

/** Collects the events and folds them as they come; times are milliseconds. */
export class Story {
  readonly trace: Trace;
  readonly events: TraceEvent[] = [];
  #ms = 0;
  #seq = 0;

  constructor(options: TraceOptions = {}) {
    this.trace = new Trace(options);
  }

  /** Set the clock; what follows happens then. It may go back. */
  at(ms: number): this {
    this.#ms = ms;
    return this;
  }

  get t(): number {
    return Math.round(this.#ms * 1e6);
  }

  /** Tell an event. */
  tell(event: TraceEvent): this {
    this.events.push(event);
    this.trace.step(event);
    return this;
  }

  /** Let time pass without an event, then ask the detectors. */
  until(ms: number): this {
    this.#ms = ms;
    this.trace.advance(this.t);
    this.trace.finish();
    return this;
  }

  change(socket: Sock, from: TcpState, to: TcpState, evidence: Evidence = {}): this {
    const event: TransitionEvent = {
      type: "transition",
      t: this.t,
      ...this.#mark(),
      ...socket,
      from,
      to,
      ...QUIET,
      pid: 100,
      comm: "app",
      ...evidence,
    };
    return this.tell(event);
  }

  /** The same without BTF: nothing but the change is known. */
  blind(socket: Sock, from: TcpState, to: TcpState): this {
    const { sk, ...tuple } = socket;
    return this.tell({
      type: "transition",
      t: this.t,
      ...this.#mark(),
      sk,
      ...tuple,
      netns: 0,
      from,
      to,
      pid: 100,
      comm: "app",
    });
  }

  /** connect() to the end: SYN_SENT without a port, then ESTABLISHED. */
  connect(socket: Sock): this {
    return this.change({ ...socket, localPort: 0 }, "CLOSE", "SYN_SENT").change(
      socket,
      "SYN_SENT",
      "ESTABLISHED",
      SOFTIRQ,
    );
  }

  /** A listener's child to the end, and its accept(). */
  accept(socket: Sock, pid = 200, comm = "server"): this {
    return this.child(socket).tell({
      type: "open",
      t: this.t,
      how: "accept",
      netns: socket.netns,
      sk: socket.sk,
      pid,
      comm,
      fd: 7,
    });
  }

  /** A listener's child that waits in the accept queue. */
  child(socket: Sock): this {
    const queued = { ...SOFTIRQ, inode: 0 };
    return this.change(socket, "LISTEN", "SYN_RECV", queued).change(
      socket,
      "SYN_RECV",
      "ESTABLISHED",
      queued,
    );
  }

  /** close() by this end first, up to the mini-socket in FIN_WAIT2. */
  closeFirst(socket: Sock): this {
    return this.change(socket, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL)
      .change(socket, "FIN_WAIT1", "FIN_WAIT2", ORPHANED)
      .change(socket, "FIN_WAIT2", "CLOSE", ORPHANED);
  }

  /** The peer's FIN comes. */
  finCame(socket: Sock, evidence: Evidence = {}): this {
    return this.change(socket, "ESTABLISHED", "CLOSE_WAIT", {
      ...SOFTIRQ,
      shutdown: 1,
      finReceived: true,
      recvQ: 1,
      ...evidence,
    });
  }

  /** close() after the peer's FIN, to the end. */
  closeSecond(socket: Sock): this {
    const done = { ...ORPHANED, finReceived: true };
    return this.change(socket, "CLOSE_WAIT", "LAST_ACK", {
      ...CLOSING_CALL,
      finReceived: true,
    }).change(socket, "LAST_ACK", "CLOSE", done);
  }

  reset(socket: Sock, direction: "sent" | "received", change: Partial<ResetEvent> = {}): this {
    return this.tell({
      type: "reset",
      t: this.t,
      ...this.#mark(),
      ...socket,
      direction,
      state: "CLOSE",
      reason: null,
      ...change,
    });
  }

  resend(socket: Sock, change: Partial<RetransmitEvent> = {}): this {
    return this.tell({
      type: "retransmit",
      t: this.t,
      ...this.#mark(),
      ...socket,
      state: "FIN_WAIT1",
      flags: FIN | ACK,
      length: 0,
      cause: "RTO",
      failed: false,
      ...change,
    });
  }

  /** A mini-socket takes in a segment; its own address is none that we know. */
  segment(socket: Sock, flags: number, change: Partial<MiniSegmentEvent> = {}): this {
    return this.tell({
      type: "mini-segment",
      t: this.t,
      ...this.#mark(),
      ...socket,
      sk: "ffff88810000dead",
      substate: "TIME_WAIT",
      flags,
      isAlive: (flags & RST) === 0,
      ...change,
    });
  }

  miniEnd(socket: Sock, substate: MiniEndEvent["substate"]): this {
    return this.tell({
      type: "mini-end",
      t: this.t,
      ...this.#mark(),
      ...socket,
      sk: "ffff88810000dead",
      substate,
    });
  }

  read(socket: Sock, bytes = 0): this {
    const event: ReadEvent = {
      type: "read",
      t: this.t,
      ...this.#mark(),
      netns: socket.netns,
      sk: socket.sk,
      bytes,
      pid: 100,
      comm: "app",
    };
    return this.tell(event);
  }

  /** A process that neither accepted nor connected reads. */
  use(socket: Sock, pid: number, inode: number): this {
    return this.tell({
      type: "use",
      t: this.t,
      ...this.#mark(),
      netns: socket.netns,
      sk: socket.sk,
      inode,
      isWrite: false,
      pid,
      comm: "worker",
    });
  }

  destroy(socket: Sock): this {
    return this.tell({
      type: "destroy",
      t: this.t,
      ...this.#mark(),
      netns: socket.netns,
      sk: socket.sk,
      pid: 100,
      comm: "app",
    });
  }

  /** A row of a dump that was read in the last millisecond. */
  row(socket: Sock, state: TcpState, change: Partial<SnapshotEvent> = {}): this {
    const { sk: _, ...tuple } = socket;
    return this.tell({
      type: "snapshot",
      t: this.t,
      since: this.t - 1e6,
      dump: 1,
      ...tuple,
      state,
      recvQ: 0,
      sendQ: 0,
      inode: 1000,
      uid: 0,
      timer: null,
      timerMs: null,
      retries: 0,
      cookie: null,
      ...change,
    });
  }

  /** The end of that dump. */
  dumped(change: Partial<SnapshotEndEvent> = {}): this {
    return this.tell({
      type: "snapshot-end",
      t: this.t,
      since: this.t - 1e6,
      dump: 1,
      netns: NETNS,
      states: [
        "ESTABLISHED",
        "SYN_SENT",
        "FIN_WAIT1",
        "FIN_WAIT2",
        "TIME_WAIT",
        "CLOSE_WAIT",
        "LAST_ACK",
        "CLOSING",
      ],
      rows: 0,
      ...change,
    });
  }

  holder(inode: number, pid: number, change: Partial<OwnerEvent> = {}): this {
    return this.tell({
      type: "owner",
      t: this.t,
      inode,
      pid,
      comm: `p${pid}`,
      fds: [9],
      startTicks: 1,
      scan: 1,
      ...change,
    });
  }

  host(change: Partial<HostEvent>): this {
    return this.tell({ type: "host", t: this.t, netns: NETNS, ...change });
  }

  gap(fromMs: number, change: Partial<GapEvent> = {}): this {
    return this.tell({
      type: "gap",
      t: this.t,
      from: fromMs * 1e6,
      cause: "lost",
      count: 1,
      ...change,
    });
  }

  /** All endpoints, oldest first. */
  get endpoints(): Endpoint[] {
    return [...this.trace.endpoints()];
  }

  /** The only endpoint. */
  get only(): Endpoint {
    const [first, ...others] = this.endpoints;
    if (first === undefined || others.length > 0) {
      throw new Error(
        `not one endpoint, but ${this.endpoints.map(({ id, note }) => `${id} (${note})`).join(", ")}`,
      );
    }
    return first;
  }

  /** The newest endpoint with this socket's tuple. */
  of(socket: SocketTuple): Endpoint {
    const found = this.endpoints.findLast(
      ({ tuple }) =>
        tuple.netns === socket.netns &&
        tuple.local === socket.local &&
        tuple.localPort === socket.localPort &&
        tuple.remotePort === socket.remotePort,
    );
    if (found === undefined) throw new Error("no such endpoint");
    return found;
  }

  #mark(): { cpu: number; seq: number } {
    return { cpu: 0, seq: ++this.#seq };
  }
}

/** The states of an endpoint in order. */
export function statesOf(endpoint: Endpoint): string[] {
  return endpoint.phases.map(({ state }) => state);
}

/** The waves of an endpoint: number, sender, and how each is known. */
export function wavesOf(endpoint: Endpoint): string[] {
  return endpoint.waves.map(({ n, by, evidence }) => `${n} ${by} ${evidence}`);
}

/** Everything that a trace says, in a form that compares: endpoints by id for their peers. */
export function wholeStory(trace: Trace): string {
  const endpoints = [...trace.endpoints()].map((endpoint) => ({
    ...factsOf(endpoint),
    peer: endpoint.peer?.id ?? null,
    previousInState: undefined,
    nextInState: undefined,
  }));
  return JSON.stringify({
    now: trace.now,
    endpoints,
    findings: trace.findings(),
    summary: trace.summary(),
    ledger: trace.ledger(),
    series: trace.series(3600),
    complete: [...trace.endpoints()].map((endpoint) => trace.isComplete(endpoint)),
  });
}
