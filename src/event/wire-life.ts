/** Reads the rows of lives_out.bt: the life of one socket in one row becomes the events it is made of. */

import { type LifeAddresses, lifeTuple } from "./life-addresses.ts";
import { evidenceOf, high, low, NO_PORT, OWNED } from "./life-mark.ts";
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
import { openingOf, type Time } from "./wire-change.ts";
import { hex, readMark } from "./wire-fields.ts";

/** Fields before the name, which may hold spaces. */
const LIFE_FIELDS = 17;
/** Bits of `mark` for each state change that was held. */
const MARK_SPAN = 2 ** 10;
/** Hex digits of the marks in `states<<40|marks`. */
const MARK_DIGITS = 10;
/**
 * Read a row `P`: the events in the order of their time; null when it is damaged, or when it is of
 * an IPv6 socket whose addresses have not come.
 *
 * Each carries the row's CPU and sequence number; `held` marks those that are older than it. The
 * fields that a plain life does not need are not kept, so they are absent and say nothing.
 */
export function readLife(
  f: readonly string[],
  time: Time,
  addresses: LifeAddresses | undefined,
): readonly TraceEvent[] | null {
  if (f.length <= LIFE_FIELDS) return null;
  const tuple = lifeTuple(f, addresses);
  return tuple === null ? null : new LifeRow(f, tuple, time).events();
}

class LifeRow {
  readonly #f: readonly string[];
  readonly #time: Time;
  readonly #mark: ProbeMark;
  readonly #tuple: SocketTuple;
  readonly #name: string;
  readonly #actor: number;
  readonly #began: number;

  constructor(f: readonly string[], tuple: SocketTuple, time: Time) {
    this.#f = f;
    this.#time = time;
    this.#mark = readMark(f);
    this.#tuple = tuple;
    this.#name = f.slice(LIFE_FIELDS).join(" ");
    this.#actor = high(f[8]);
    this.#began = this.#time(f[1] as string);
  }

  events(): readonly TraceEvent[] | null {
    const events: TraceEvent[] = [];
    if (!this.#history(events) || !this.#close(events)) return null;
    return events.every((each) => Number.isFinite(each.t)) ? events.sort(byTime) : null;
  }

  /** What was held: from the first change on, with who accepted and what was read. */
  #history(out: TraceEvent[]): boolean {
    const states = (this.#f[7] as string).slice(0, -MARK_DIGITS);
    const marks = Number.parseInt((this.#f[7] as string).slice(-MARK_DIGITS), 16);
    let from: TcpState | null = null;
    for (let i = 0; i < states.length; i++) {
      const to = tcpStateOf(hex(states[i]));
      if (to === null) return false;
      const shift = MARK_SPAN ** (states.length - 1 - i);
      const mark = Math.floor(marks / shift) % MARK_SPAN;
      const since = i === 0 ? 0 : this.#since(to);
      this.#held(out, from ?? before(to), to, this.#began + since, mark);
      from = to;
    }
    if (from === null) return false;
    if (!this.#isClosed) this.#lastHeld(out, from);
    this.#openAndReads(out);
    return true;
  }

  get #isClosed(): boolean {
    return (low(this.#f[8]) & 15) !== 0;
  }

  /** When a held state was entered, nanoseconds since the first change. */
  #since(state: TcpState): number {
    if (state === "ESTABLISHED") return high(this.#f[5]);
    return state === "FIN_WAIT1" || state === "CLOSE_WAIT" ? low(this.#f[5]) : high(this.#f[6]);
  }

  #held(out: TraceEvent[], from: TcpState, to: TcpState, t: number, mark: number): void {
    const isConnect = to === "SYN_SENT";
    const isAct = (isConnect || to === "FIN_WAIT1" || to === "LAST_ACK") && this.#actor !== 0;
    const event: TransitionEvent = {
      type: "transition",
      t,
      ...this.#mark,
      held: true,
      sk: this.#f[4] as string,
      ...this.#tuple,
      ...(isConnect && (mark & NO_PORT) !== 0 && { localPort: 0 }),
      from,
      to,
      ...evidenceOf(isConnect ? OWNED : mark, 0),
      ...this.#queues(to),
      pid: isAct ? this.#actor : 0,
      comm: isAct ? this.#name : "",
    };
    out.push(event);
    if (isConnect) out.push(openingOf(event));
  }

  /** What was queued when a FIN went out or came in. */
  #queues(to: TcpState): SocketEvidence {
    const [atFin, atPeerFin] = [this.#f[15], this.#f[16]];
    if (to === "CLOSE_WAIT") return { recvQ: low(atPeerFin), inode: high(atPeerFin) };
    if (to !== "FIN_WAIT1" && to !== "LAST_ACK") return {};
    return { sendQ: high(atFin), sendWindow: low(atFin) };
  }

  /** What the socket had done when the row was left: its figures. */
  get #figures() {
    const [done, read] = [this.#f[11], this.#f[12]];
    return { srttUs: high(read), bytesSent: high(done), bytesReceived: low(done) };
  }

  /** A life that lasts is told with what the socket says now: its figures and its file. */
  #lastHeld(out: TraceEvent[], state: TcpState): void {
    const at = out.findLastIndex((each) => each.type === "transition");
    const inode = state === "CLOSE_WAIT" ? {} : { inode: high(this.#f[16]) };
    out[at] = { ...inode, ...out[at], ...this.#figures } as TransitionEvent;
  }

  #openAndReads(out: TraceEvent[]): void {
    const f = this.#f as string[];
    const shared = {
      ...this.#mark,
      held: true,
      netns: this.#tuple.netns,
      sk: f[4] as string,
    } as const;
    if (high(f[13]) !== 0) {
      const accept: OpenEvent & ProbeMark = {
        type: "open",
        t: this.#began + high(f[13]),
        ...shared,
        how: "accept",
        pid: this.#actor,
        comm: this.#name,
        fd: low(f[13]),
      };
      out.push(accept);
    }
    const reader = { pid: 0, comm: "" };
    const finAt = this.#began + low(f[5]);
    const [end, last] = [high(f[14]), low(f[14])];
    if (last !== 0) {
      const bytes = low(f[12]);
      out.push({ type: "read", t: finAt + last, ...shared, bytes, ...reader } satisfies ReadEvent);
    }
    if (end !== 0) {
      out.push({
        type: "read",
        t: finAt + end,
        ...shared,
        bytes: 0,
        ...reader,
      } satisfies ReadEvent);
    }
  }

  /** The end of a plain life, with nothing in it that the states before do not say. */
  #close(out: TraceEvent[]): boolean {
    if (!this.#isClosed) return true;
    const what = low(this.#f[8]);
    const from = tcpStateOf((what >> 4) & 15);
    const to = tcpStateOf(what & 15);
    if (from === null || to === null) return false;
    const mark = (what >> 8) & 0xffff;
    const isOwned = (mark & OWNED) !== 0;
    out.push({
      type: "transition",
      t: this.#began + low(this.#f[6]),
      ...this.#mark,
      sk: this.#f[4] as string,
      ...this.#tuple,
      from,
      to,
      ...evidenceOf(mark, 0),
      ...this.#figures,
      pid: isOwned ? this.#actor : 0,
      comm: isOwned ? this.#name : "",
    } satisfies TransitionEvent & ProbeMark);
    return true;
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
