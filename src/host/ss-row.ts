/** Reads the lines of `ss -tanOHe`, with or without `-i`. */

import type { TcpState } from "../event/tcp-state.ts";
import type { SocketRow } from "./socket-row.ts";

/** The words of ss for the kernel's states: as it prints them, and as its filter takes them. */
const VOCABULARY: readonly (readonly [state: TcpState, printed: string, filter: string])[] = [
  ["ESTABLISHED", "ESTAB", "established"],
  ["SYN_SENT", "SYN-SENT", "syn-sent"],
  ["SYN_RECV", "SYN-RECV", "syn-recv"],
  ["FIN_WAIT1", "FIN-WAIT-1", "fin-wait-1"],
  ["FIN_WAIT2", "FIN-WAIT-2", "fin-wait-2"],
  ["TIME_WAIT", "TIME-WAIT", "time-wait"],
  ["CLOSE", "UNCONN", "closed"],
  ["CLOSE_WAIT", "CLOSE-WAIT", "close-wait"],
  ["LAST_ACK", "LAST-ACK", "last-ack"],
  ["LISTEN", "LISTEN", "listening"],
  ["CLOSING", "CLOSING", "closing"],
];

const STATE_OF = new Map<string, TcpState>(VOCABULARY.map(([state, printed]) => [printed, state]));
const FILTER_OF = new Map<TcpState, string>(VOCABULARY.map(([state, , filter]) => [state, filter]));

/**
 * The filter words that make the kernel itself leave out all other states.
 *
 * ss turns them into `idiag_states`. The kernel counts request sockets (NEW_SYN_RECV) as SYN_RECV
 * there (`net/ipv4/inet_diag.c:inet_diag_dump_icsk`). A time-wait mini-socket is filtered and printed
 * by its substate: one that still waits for the peer's FIN is FIN-WAIT-2 with `timer:(timewait,…)`,
 * inode 0 (seen on 6.18 with ss 6.1).
 */
export function ssFilter(states: readonly TcpState[]): string[] {
  const words = states.map((state) => FILTER_OF.get(state === "NEW_SYN_RECV" ? "SYN_RECV" : state));
  const known = new Set(words.filter((word) => word !== undefined));
  return [...known].flatMap((word) => ["state", word]);
}

/**
 * Read one line.
 *
 * ss leaves its State column out when asked for exactly one state: name that one in `only`.
 * Times are as ss rounds them: below 10 s to the millisecond, below 10 min to the second, above to
 * the minute. A scope (`%eth0`) is dropped from addresses, as the probes do not see one either.
 * Gives null for a line that is no row.
 */
export function parseSsRow(line: string, netns: number, only: TcpState | null): SocketRow | null {
  const words = line.match(/\S+/g);
  if (words === null) return null;
  const state = only ?? STATE_OF.get(words[0] ?? "");
  const at = only === null ? 1 : 0;
  const recvQ = Number(words[at]);
  const sendQ = Number(words[at + 1]);
  const local = parseSsAddress(words[at + 2] ?? "");
  const remote = parseSsAddress(words[at + 3] ?? "");
  if (state === undefined || local === null || remote === null) return null;
  if (!Number.isSafeInteger(recvQ) || !Number.isSafeInteger(sendQ)) return null;
  return {
    netns,
    local: local.address,
    localPort: local.port,
    remote: remote.address,
    remotePort: remote.port,
    state,
    recvQ,
    sendQ,
    ...parseDetails(words, at + 4),
    ...parseFigures(line),
  };
}

/** What `ss -i` adds to a row. */
type Figures = Pick<
  SocketRow,
  "bytesAcked" | "bytesReceived" | "sendWindow" | "lastSentMs" | "lastReceivedMs"
>;

/**
 * Read the byte counts and the peer's window that `ss -i` adds; nothing where the row has none
 * (mini-sockets).
 *
 * They follow the arrow of what is shut (`<->`, `-->`), which follows the control group, any text
 * at all: only what stands behind the last arrow is the kernel's. A count of 0 is left out by ss;
 * so is a window of 0, and the window by a kernel before 5.4 or an ss before 6.0, which tell it of
 * no socket. So an absent window is 0 only beside `notsent`, where one of room would be told.
 */
function parseFigures(line: string): Figures {
  const figures = /^.* [<-]-[->] (.*)$/.exec(line)?.[1];
  if (figures === undefined || !/(?:^| )cwnd:\d/.test(figures)) return {};
  const acked = Number(/(?:^| )bytes_acked:(\d+)/.exec(figures)?.[1] ?? 0);
  const received = Number(/(?:^| )bytes_received:(\d+)/.exec(figures)?.[1] ?? 0);
  if (!Number.isSafeInteger(acked) || !Number.isSafeInteger(received)) return {};
  const window = Number(/(?:^| )snd_wnd:(\d+)/.exec(figures)?.[1] ?? Number.NaN);
  return {
    bytesAcked: acked,
    bytesReceived: received,
    ...(Number.isSafeInteger(window) && { sendWindow: window }),
    ...parseSilence(figures),
  };
}

/** `tcpi_last_data_sent` and `tcpi_last_data_recv`; ss leaves a time of 0 out. */
function parseSilence(figures: string): { lastSentMs?: number; lastReceivedMs?: number } {
  if (!/(?:^| )last(?:snd|rcv|ack):\d/.test(figures)) return {};
  const sent = Number(/(?:^| )lastsnd:(\d+)/.exec(figures)?.[1] ?? 0);
  const received = Number(/(?:^| )lastrcv:(\d+)/.exec(figures)?.[1] ?? 0);
  return { lastSentMs: sent, lastReceivedMs: received };
}

/**
 * Read `timer:(…)`, `uid:`, `ino:` and `sk:`.
 *
 * The control group follows them and is any text at all, a false `ino:` included: there we stop.
 * ss prints no uid for root, and no inode but 0 for an orphan, an unaccepted or a mini-socket.
 */
function parseDetails(words: readonly string[], from: number) {
  const details = {
    inode: 0,
    uid: 0,
    timer: null as string | null,
    timerMs: null as number | null,
    retries: 0,
    cookie: null as string | null,
  };
  for (let i = from; i < words.length; i += 1) {
    const word = words[i] as string;
    if (word.startsWith("cgroup:")) break;
    if (word.startsWith("ino:")) details.inode = Number(word.slice(4));
    else if (word.startsWith("uid:")) details.uid = Number(word.slice(4));
    else if (word.startsWith("sk:")) details.cookie = word.slice(3);
    else if (word.startsWith("timer:(")) Object.assign(details, parseTimer(word));
  }
  return details;
}

function parseTimer(word: string) {
  const [timer = "", time = "", retries = ""] = word.slice("timer:(".length, -1).split(",");
  return { timer, timerMs: parseSsTime(time), retries: Number(retries) || 0 };
}

/** What an overdue timer gives: the kernel subtracts unsigned, ss prints some 49 days. */
const OVERDUE_MS = 2 ** 31;

/**
 * Read a duration of ss: `119min`, `1min30sec`, `59sec`, `9.900ms` (9.9 s), `200ms`, or nothing.
 *
 * `misc/ss.c:print_ms_timer` writes seconds, a point and milliseconds with the unit `ms`.
 */
export function parseSsTime(text: string): number {
  const match = /^(?:(\d+)min)?(?:(\d+)sec|(?:(\d+)\.)?(\d+)ms)?$/.exec(text);
  if (match === null) return 0;
  const [, minutes = 0, seconds = 0, wholeSeconds = 0, milliseconds = 0] = match;
  const total =
    Number(minutes) * 60_000 +
    (Number(seconds) + Number(wholeSeconds)) * 1000 +
    Number(milliseconds);
  return total >= OVERDUE_MS ? 0 : total;
}

/**
 * Read `127.0.0.1:80`, `[::1]:80`, `[fe80::1]%eth0:80` or `*:80`, the dual-stack wildcard.
 *
 * A port `*` is 0. Gives null for other text.
 */
export function parseSsAddress(text: string): { address: string; port: number } | null {
  const colon = text.lastIndexOf(":");
  if (colon <= 0) return null;
  const portText = text.slice(colon + 1);
  const port = portText === "*" ? 0 : Number(portText);
  if (portText === "" || !Number.isInteger(port) || port < 0 || port > 65535) return null;
  const scope = text.indexOf("%");
  let address = text.slice(0, scope > 0 ? scope : colon);
  if (address.startsWith("[")) address = address.slice(1, address.endsWith("]") ? -1 : undefined);
  return { address: address === "*" ? "::" : address, port };
}
