/** Reads the rows of lives.bt: the life of one socket in one row becomes the events it is made of. */

import { evidenceOf, figuresOf, high, low, ORPHAN, OWNED } from "./life-mark.ts";
import { type TcpState, tcpStateOf } from "./tcp-state.ts";
import type {
  OpenEvent,
  ProbeMark,
  ReadEvent,
  SocketEvidence,
  SocketTuple,
  TraceEvent,
  TransitionEvent,
} from "./trace-event.ts";
import { hexPairToAddress } from "./wire-address.ts";
import { hex, readMark } from "./wire-fields.ts";

/** Fields before the two names, which may hold spaces. */
const FIELDS = 28;
const BETWEEN_NAMES = " -- ";
/** Bits of `mark` for each state change that was held. */
const MARK_SPAN = 2 ** 10;
/** Hex digits of the marks in `states<<40|marks`. */
const MARK_DIGITS = 10;

/** Time of a row's hex field, nanoseconds since the recording's start. */
type Time = (hex: string) => number;

/**
 * Decode one row: the events in the order of their time.
 *
 * Each carries the row's CPU and sequence number; `held` marks those that are older than it. The
 * fields that a plain life does not need are not kept, so they are absent and say nothing.
 */
export function readLife(f: readonly string[], time: Time): readonly TraceEvent[] | null {
  if (f.length < FIELDS + 2) return null;
  const names = f.slice(FIELDS).join(" ").split(BETWEEN_NAMES);
  if (names.length < 2) return null;
  const row = new LifeRow(f, names[0] as string, names.slice(1).join(BETWEEN_NAMES), time);
  return row.events();
}

class LifeRow {
  readonly #f: readonly string[];
  readonly #time: Time;
  readonly #mark: ProbeMark;
  readonly #tuple: SocketTuple;
  readonly #taker: string;
  readonly #name: string;
  readonly #what: number;
  readonly #error: number;
  readonly #now: number;
  readonly #from: TcpState | null;
  readonly #to: TcpState | null;
  readonly #actor: number;

  constructor(f: readonly string[], taker: string, name: string, time: Time) {
    this.#f = f;
    this.#time = time;
    this.#taker = taker;
    this.#name = name;
    this.#mark = readMark(f);
    this.#what = Math.floor(high(f[22]) / 2 ** 16);
    this.#error = high(f[22]) % 2 ** 16;
    const low22 = low(f[22]);
    this.#now = (low22 >> 8) & 0x3ff;
    this.#from = tcpStateOf((low22 >> 4) & 15);
    this.#to = tcpStateOf(low22 & 15);
    this.#actor = low(f[12]);
    const family = ((low22 >> 24) & 255).toString(16);
    this.#tuple = {
      netns: high(f[17]),
      local: hexPairToAddress(family, f[18] as string, f[19] as string),
      localPort: low(f[17]) >>> 16,
      remote: hexPairToAddress(family, f[20] as string, f[21] as string),
      remotePort: low(f[17]) & 0xffff,
    };
  }

  events(): readonly TraceEvent[] | null {
    const events: TraceEvent[] = [];
    if ((this.#what & 1) !== 0 && !this.#history(events)) return null;
    if ((this.#what & 2) !== 0 && !this.#change(events)) return null;
    if (events.length === 0) return null;
    return events.every((each) => Number.isFinite(each.t)) ? events.sort(byTime) : null;
  }

  /** What was held: from the first change on, with who accepted and what was read. */
  #history(out: TraceEvent[]): boolean {
    const f = this.#f;
    const states = (f[9] as string).slice(0, -MARK_DIGITS);
    const marks = Number.parseInt((f[9] as string).slice(-MARK_DIGITS), 16);
    let from: TcpState | null = null;
    for (let i = 0; i < states.length; i++) {
      const to = tcpStateOf(hex(states[i]));
      if (to === null) return false;
      const shift = MARK_SPAN ** (states.length - 1 - i);
      const mark = Math.floor(marks / shift) % MARK_SPAN;
      this.#held(out, from ?? before(to), to, i === 0 ? f[5] : this.#since(to), mark);
      from = to;
    }
    if (states.length === 0) return false;
    this.#lastHeld(out);
    this.#openAndReads(out);
    return true;
  }

  /** The field with the time at which a held state was entered. */
  #since(state: TcpState): string | undefined {
    if (state === "ESTABLISHED") return this.#f[6];
    return state === "FIN_WAIT1" || state === "CLOSE_WAIT" ? this.#f[7] : this.#f[8];
  }

  #held(
    out: TraceEvent[],
    from: TcpState,
    to: TcpState,
    since: string | undefined,
    mark: number,
  ): void {
    const isConnect = to === "SYN_SENT";
    const isAct = isConnect || to === "FIN_WAIT1" || to === "LAST_ACK";
    const event: TransitionEvent = {
      type: "transition",
      t: this.#time(since as string),
      ...this.#mark,
      held: true,
      sk: this.#f[4] as string,
      ...this.#tuple,
      ...(isConnect && (high(this.#f[12]) & 256) !== 0 && { localPort: 0 }),
      from,
      to,
      ...evidenceOf(isConnect ? mark | OWNED : mark, 0),
      ...this.#queues(to),
      pid: isAct ? this.#actor : 0,
      comm: isAct ? this.#actorName() : "",
    };
    out.push(event);
    if (isConnect) out.push(this.#opening(event));
  }

  /** What was queued when a FIN went out or came in. */
  #queues(to: TcpState): SocketEvidence {
    const [, , , , , , , , , , atFin, atPeerFin] = this.#f;
    if (to === "CLOSE_WAIT") return { recvQ: low(atPeerFin), inode: high(atPeerFin) };
    if (to !== "FIN_WAIT1" && to !== "LAST_ACK") return {};
    return { sendQ: high(atFin), sendWindow: low(atFin) };
  }

  /** A life that lasts is told with what the socket says now: its figures and its file. */
  #lastHeld(out: TraceEvent[]): void {
    if (this.#to !== null) return;
    const [recent] = out.filter((each) => each.type === "transition").slice(-1);
    if (recent === undefined) return;
    const { srttUs, bytesSent, bytesReceived, inode } = figuresOf(this.#f);
    const at = out.indexOf(recent);
    out[at] = { inode, ...recent, srttUs, bytesSent, bytesReceived } as TransitionEvent;
  }

  #openAndReads(out: TraceEvent[]): void {
    const [, , , , sk, , , fin, , , , , , taken, taker, read, end] = this.#f as string[];
    const shared = {
      ...this.#mark,
      held: true,
      netns: this.#tuple.netns,
      sk: sk as string,
    } as const;
    if (taken !== "0") {
      const accept: OpenEvent & ProbeMark = {
        type: "open",
        t: this.#time(taken as string),
        ...shared,
        how: "accept",
        pid: low(taker),
        comm: this.#taker,
        fd: high(taker),
      };
      out.push(accept);
    }
    const reader = { pid: 0, comm: "" };
    if (read !== "0") {
      const t = this.#time(fin as string) + low(read);
      out.push({ type: "read", t, ...shared, bytes: high(read), ...reader } satisfies ReadEvent);
    }
    if (end !== "0") {
      const t = this.#time(end as string);
      out.push({ type: "read", t, ...shared, bytes: 0, ...reader } satisfies ReadEvent);
    }
  }

  /** The change that the row was sent at. */
  #change(out: TraceEvent[]): boolean {
    if (this.#from === null || this.#to === null) return false;
    const f = this.#f;
    const pid = high(f[27]);
    const isNamed = (this.#what & 1) === 0 || this.#isOwnAct() || pid === this.#actor;
    const event: TransitionEvent = {
      type: "transition",
      t: this.#time(f[1] as string),
      ...this.#mark,
      sk: f[4] as string,
      ...this.#tuple,
      from: this.#from,
      to: this.#to,
      ...evidenceOf(this.#now, this.#error),
      ...figuresOf(this.#f),
      pid,
      comm: isNamed ? this.#name : "",
    };
    out.push(event);
    if (this.#to === "SYN_SENT" && event.inProcess === true) out.push(this.#opening(event));
    return true;
  }

  /** Whether the task of the row acted on the socket: then the name is the task's. */
  #isOwnAct(): boolean {
    if ((this.#now & OWNED) === 0 || this.#error !== 0) return false;
    const from = this.#from;
    const to = this.#to;
    return (
      to === "FIN_WAIT1" ||
      to === "LAST_ACK" ||
      to === from ||
      (to === "CLOSE" && (this.#now & ORPHAN) === 0)
    );
  }

  /** The name that is kept is that of who opened, unless another process acts in this row. */
  #actorName(): string {
    const isOthers =
      (this.#what & 2) !== 0 && this.#isOwnAct() && high(this.#f[27]) !== this.#actor;
    return isOthers ? "" : this.#name;
  }

  #opening({ t, netns, sk, pid, comm }: TransitionEvent): OpenEvent {
    return { type: "open", t, how: "connect", netns, sk, pid, comm, fd: null };
  }
}

/** The state in front of the first that is held: a life begins at its birth, or at its first FIN. */
function before(to: TcpState): TcpState {
  if (to === "SYN_SENT") return "CLOSE";
  return to === "SYN_RECV" ? "LISTEN" : "ESTABLISHED";
}

function byTime(a: TraceEvent, b: TraceEvent): number {
  return a.t - b.t;
}
