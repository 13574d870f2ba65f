/** Reads the second witness's lines into the lives of sockets. */
import type { ResendKind } from "../../src/core/endpoint.ts";
import { type TcpState, tcpStateOf } from "../../src/event/tcp-state.ts";

/** One state change, with what the socket said of itself at that moment. */
export interface Change {
  readonly at: number;
  readonly state: TcpState;
  /** `sk_err`. */
  readonly error: number;
  /** SOCK_DEAD: no process holds it. */
  readonly isOrphan: boolean;
  /** `sk_shutdown`: 2 after shutdown(WR), 3 after close(). */
  readonly shut: number;
  /** PF_EXITING of the task on the CPU: its own doing only where it is its own socket. */
  readonly isExiting: boolean;
  /** Learnt from the next record: only the state is sure, the rest is the next record's. */
  readonly isInferred: boolean;
}

/** The life of one kernel socket, from its first state change to CLOSE; times in Unix ms. */
export interface Life {
  readonly netns: number;
  localPort: number;
  remotePort: number;
  /** A change to the same state is an orphan being made. */
  readonly changes: Change[];
  /** Segments sent again; attempts that failed locally left out. */
  readonly resent: { readonly at: number; readonly kind: ResendKind }[];
  /** Resets that this socket sent, by the kernel's reason number. */
  readonly resets: { readonly at: number; readonly reason: number }[];
}

/** One line of the script's wire. */
export interface Line {
  readonly kind: string;
  /** Boot clock, ns. */
  readonly ns: number;
  /** Unix time, ms. */
  readonly at: number;
  readonly sk: string;
  readonly rest: readonly number[];
}

/** Parse one line; `zero` is the Unix time in ms at which the boot clock was 0. */
export function parseLine(text: string, zero: number): Line {
  const [kind = "", ns = "0", sk = "", ...rest] = text.trim().split(" ");
  return { kind, ns: Number(ns), at: zero + Number(ns) / 1e6, sk, rest: rest.map(Number) };
}

/** Put the lines in order and tell the sockets apart, oldest first. */
export function readLives(lines: readonly Line[]): Life[] {
  const lives: Life[] = [];
  const current = new Map<string, Life>();
  for (const line of [...lines].sort((a, b) => a.ns - b.ns)) {
    const { kind, at, rest } = line;
    const life = current.get(line.sk);
    if (kind === "s") stepState(line, life, current, lives);
    else if (kind === "r" && rest[1] === 0) life?.resent.push({ at, kind: resendKind(rest) });
    else if (kind === "x") life?.resets.push({ at, reason: rest[0] ?? -1 });
  }
  return lives;
}

/**
 * Take one state change into the story of its socket.
 *
 * The kernel skips a BPF program while another runs on the same CPU; the state that the skipped
 * record would have told is then learnt from the next record's old state.
 */
function stepState(
  { at, sk, rest }: Line,
  known: Life | undefined,
  current: Map<string, Life>,
  lives: Life[],
): void {
  const [netns = 0, from = 0, to = 0, localPort = 0, remotePort = 0, error = 0, ...more] = rest;
  const [flags = 0, shut = 0, exiting = 0] = more;
  const [old, state] = [tcpStateOf(from), tcpStateOf(to)];
  if (state === null || state === "LISTEN" || (old === "LISTEN" && state !== "SYN_RECV")) return;
  const isBirth = state === "SYN_SENT" || old === "LISTEN";
  const isNew = isBirth || known?.changes.at(-1)?.state === "CLOSE";
  const life =
    isNew || !known ? { netns, localPort, remotePort, changes: [], resent: [], resets: [] } : known;
  if (life !== known) {
    lives.push(life);
    current.set(sk, life);
  }
  if (localPort) life.localPort = localPort;
  if (remotePort) life.remotePort = remotePort;
  const change = { at, error, isOrphan: (flags & 1) === 1, shut, isExiting: exiting === 1 };
  const last = life.changes.at(-1)?.state;
  if (!isBirth && old !== null && old !== last) {
    life.changes.push({ ...change, state: old, isInferred: true });
  }
  life.changes.push({ ...change, state, isInferred: false });
}

function resendKind([, , flags = 0, payload = 0]: readonly number[]): ResendKind {
  if (flags & 2) return "SYN";
  if (flags & 1) return payload > 0 ? "DATA+FIN" : "FIN";
  return "DATA";
}
