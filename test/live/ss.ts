/** The kernel's socket table as `ss` shows it: the truth that scenarios are checked against. */
import { setTimeout as pause } from "node:timers/promises";
import type { TcpState } from "../../src/event/tcp-state.ts";
import type { Namespace } from "./namespace.ts";

/** One row of `ss -tanOHe`. */
export interface SocketRow {
  readonly state: TcpState;
  readonly recvQ: number;
  readonly sendQ: number;
  readonly local: { readonly address: string; readonly port: number };
  readonly remote: { readonly address: string; readonly port: number };
  /** What the running timer is for: `on` re-sends, `persist`, `keepalive`, `timewait`. */
  readonly timer: string | null;
  /** Whole seconds until the timer runs out; null when less than ten, or without a timer. */
  readonly timerSeconds: number | null;
  /** 0 when no descriptor holds the socket: an orphan, a mini-socket, or not accepted yet. */
  readonly inode: number;
  /** A mini-socket: TIME_WAIT, or an orphan's FIN_WAIT2. */
  readonly isMini: boolean;
}

const states: Readonly<Record<string, TcpState>> = {
  "CLOSE-WAIT": "CLOSE_WAIT",
  CLOSING: "CLOSING",
  ESTAB: "ESTABLISHED",
  "FIN-WAIT-1": "FIN_WAIT1",
  "FIN-WAIT-2": "FIN_WAIT2",
  "LAST-ACK": "LAST_ACK",
  LISTEN: "LISTEN",
  "SYN-RECV": "SYN_RECV",
  "SYN-SENT": "SYN_SENT",
  "TIME-WAIT": "TIME_WAIT",
  UNCONN: "CLOSE",
};

/** Parse what `ss -tanOHe` printed. */
export function parseSocketTable(text: string): SocketRow[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(parseRow);
}

function parseRow(line: string): SocketRow {
  const [name = "", recvQ, sendQ, local = "", remote = "", ...rest] = line.trim().split(/\s+/);
  const details = rest.join(" ");
  const state = states[name];
  if (state === undefined) throw new Error(`unknown state in ss: ${line}`);
  const timer = /timer:\((\w+)/.exec(details)?.[1] ?? null;
  return {
    state,
    recvQ: Number(recvQ),
    sendQ: Number(sendQ),
    local: parseEnd(local),
    remote: parseEnd(remote),
    timer,
    timerSeconds: numberIn(/timer:\(\w+,(\d+)sec/, details),
    inode: Number(/ino:(\d+)/.exec(details)?.[1] ?? 0),
    isMini: timer === "timewait",
  };
}

function numberIn(pattern: RegExp, text: string): number | null {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

function parseEnd(text: string): { address: string; port: number } {
  const at = text.lastIndexOf(":");
  return { address: text.slice(0, at).replace(/^\[|\]$/g, ""), port: Number(text.slice(at + 1)) };
}

/** Read the socket table of a namespace. */
export async function readSocketTable(namespace: Namespace): Promise<SocketRow[]> {
  return parseSocketTable(await namespace.exec("ss", "-tanOHe"));
}

/**
 * Poll the socket table until it satisfies the predicate, and return the rows that did.
 *
 * The polls begin 10 ms apart and slow down to 150 ms; after `seconds` it rejects, showing the
 * last table, so nothing waits for ever and nothing sleeps longer than the event took.
 */
export async function waitFor(
  namespace: Namespace,
  predicate: (rows: readonly SocketRow[]) => boolean,
  { seconds = 20, what = "the expected rows" } = {},
): Promise<SocketRow[]> {
  const until = Date.now() + seconds * 1000;
  for (let delay = 10; ; delay = Math.min(delay * 1.5, 150)) {
    const rows = await readSocketTable(namespace);
    if (predicate(rows)) return rows;
    if (Date.now() > until) throw new Error(`no ${what} in ${seconds} s: ${describe(rows)}`);
    await pause(delay);
  }
}

function describe(rows: readonly SocketRow[]): string {
  const shown = rows.map(
    (row) =>
      `${row.state} ${row.local.address}:${row.local.port}-${row.remote.port} q${row.recvQ}/${row.sendQ} ${row.timer ?? ""} ino${row.inode}`,
  );
  return shown.join("; ") || "(empty)";
}
