/** The kernel's socket table as `ss` shows it. */
import type { TcpState } from "../../src/event/tcp-state.ts";
import type { SocketGlance } from "./glance.ts";
import type { Namespace } from "./namespace.ts";

/** One row of `ss -tanOHe`. */
export interface SocketRow extends SocketGlance {
  readonly local: { readonly address: string; readonly port: number };
  readonly remote: { readonly address: string; readonly port: number };
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
