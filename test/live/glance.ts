/** Quick looks at the kernel's socket table: the truth that scenarios wait for and are held against. */
import { setTimeout as pause } from "node:timers/promises";
import { type TcpState, tcpStateOf } from "../../src/event/tcp-state.ts";
import type { Namespace } from "./namespace.ts";
import { visit } from "./visitor.ts";

/** What the table tells of a socket. */
export interface SocketGlance {
  readonly state: TcpState;
  readonly recvQ: number;
  readonly sendQ: number;
  readonly local: { readonly port: number };
  readonly remote: { readonly port: number };
  /** What the running timer is for: `on` re-sends, `persist`, `keepalive`, `timewait`. */
  readonly timer: string | null;
  /** Whole seconds until it runs out; null without one, and where ss tells milliseconds. */
  readonly timerSeconds: number | null;
  /** 0 when no descriptor holds the socket: an orphan, a mini-socket, or not accepted yet. */
  readonly inode: number;
  /** A mini-socket: TIME_WAIT, or an orphan's FIN_WAIT2. */
  readonly isMini: boolean;
}

const TABLES = ["/proc/self/net/tcp", "/proc/self/net/tcp6"];

/** Ticks of a second in what /proc shows, whatever the kernel's own rate. */
const USER_HZ = 100;

/** The kernel's `tr` column in the words of ss. */
const TIMERS: Readonly<Record<string, string>> = {
  "01": "on",
  "02": "keepalive",
  "03": "timewait",
  "04": "persist",
};

/**
 * Read the table of a namespace by its /proc/net/tcp and tcp6, which know all that ss does of a
 * socket's state, queues, timer and file, at a hundredth of what starting ss costs.
 */
export async function glanceAt({ path }: Namespace): Promise<SocketGlance[]> {
  return parseProcTable(await visit(path, { read: TABLES }));
}

/** Parse the lines of both files; their headings are left out. */
export function parseProcTable(text: string): SocketGlance[] {
  return text
    .split("\n")
    .filter((line) => /^\s*\d+:/.test(line))
    .map(parseRow);
}

function parseRow(line: string): SocketGlance {
  const [, local = "", remote = "", code = "", queues = "", timing = "", , , , inode] = line
    .trim()
    .split(/\s+/);
  const [sendQ, recvQ] = queues.split(":").map((hex) => Number.parseInt(hex, 16));
  const timer = TIMERS[timing.slice(0, 2)] ?? null;
  return {
    state: stateOf(code, line),
    recvQ: recvQ ?? 0,
    sendQ: sendQ ?? 0,
    local: { port: portOf(local) },
    remote: { port: portOf(remote) },
    timer,
    timerSeconds:
      timer === null ? null : Math.floor(Number.parseInt(timing.slice(3), 16) / USER_HZ),
    inode: Number(inode),
    isMini: timer === "timewait",
  };
}

function stateOf(code: string, line: string): TcpState {
  const state = tcpStateOf(Number.parseInt(code, 16));
  if (state === null) throw new Error(`unknown state in /proc/net/tcp: ${line}`);
  return state;
}

function portOf(end: string): number {
  return Number.parseInt(end.slice(end.indexOf(":") + 1), 16);
}

/**
 * Poll the table until it satisfies the predicate, and return the rows that did.
 *
 * The polls begin 5 ms apart and slow down to 100 ms; after `seconds` it rejects, showing the
 * last table, so nothing waits for ever and nothing sleeps longer than the event took.
 */
export async function waitFor(
  namespace: Namespace,
  predicate: (rows: readonly SocketGlance[]) => boolean,
  { seconds = 60, what = "the expected rows" } = {},
): Promise<SocketGlance[]> {
  const until = Date.now() + seconds * 1000;
  for (let delay = 5; ; delay = Math.min(delay * 1.5, 100)) {
    const rows = await glanceAt(namespace);
    if (predicate(rows)) return rows;
    if (Date.now() > until) throw new Error(`no ${what} in ${seconds} s: ${describe(rows)}`);
    await pause(delay);
  }
}

function describe(rows: readonly SocketGlance[]): string {
  const shown = rows.map(
    (row) =>
      `${row.state} ${row.local.port}-${row.remote.port} q${row.recvQ}/${row.sendQ} ${row.timer ?? ""} ino${row.inode}`,
  );
  return shown.join("; ") || "(empty)";
}
