/** Reads the lines of /proc/net/tcp and /proc/net/tcp6, for hosts without ss. */

import { tcpStateOf } from "../event/tcp-state.ts";
import { hexPairToAddress } from "../event/wire-address.ts";
import type { SocketRow } from "./socket-row.ts";

/** The timers of `net/ipv4/tcp_ipv4.c:get_tcp4_sock`, in the words of ss. */
const TIMERS = [null, "on", "keepalive", "timewait", "persist"] as const;

/** USER_HZ, in which the kernel shows timers, is 100 on every architecture that runs Node. */
const MS_PER_TICK = 10;

/**
 * Read one line; null for the headline or anything else that is no row.
 *
 * A time-wait mini-socket shows its substate (05 or 06) with timer 03, a request socket shows 03.
 * Re-sends and probes are counted apart, and ss shows the count that the running timer raises. There
 * is no cookie here, and a listener's limit (`sendQ` in ss) is not shown.
 */
export function parseProcNetRow(line: string, netns: number): SocketRow | null {
  const words = line.trim().split(/\s+/);
  const local = parseAddress(words[1]);
  const remote = parseAddress(words[2]);
  const state = tcpStateOf(Number.parseInt(words[3] ?? "", 16));
  const [sendQ = "", recvQ = ""] = (words[4] ?? "").split(":");
  const [timer = "", ticks = ""] = (words[5] ?? "").split(":");
  const inode = Number(words[9]);
  if (local === null || remote === null || state === null || !Number.isInteger(inode)) return null;
  const timerName = TIMERS[Number.parseInt(timer, 16)] ?? null;
  return {
    netns,
    local: local.address,
    localPort: local.port,
    remote: remote.address,
    remotePort: remote.port,
    state,
    recvQ: Number.parseInt(recvQ, 16),
    sendQ: Number.parseInt(sendQ, 16),
    inode,
    uid: Number(words[7]),
    timer: timerName,
    timerMs: timerName === null ? null : Number.parseInt(ticks, 16) * MS_PER_TICK,
    retries: timerName === "on" ? Number.parseInt(words[6] ?? "", 16) : Number(words[8]),
    cookie: null,
  };
}

/** Read `0100007F:0050`: 32-bit words in the CPU's order, the port in ordinary hex. */
function parseAddress(text = ""): { address: string; port: number } | null {
  const [hex = "", port = ""] = text.split(":");
  if (!/^[0-9A-F]{8}(?:[0-9A-F]{24})?$/.test(hex) || !/^[0-9A-F]{4}$/.test(port)) return null;
  const address =
    hex.length === 8
      ? hexPairToAddress("2", "", hex)
      : hexPairToAddress("a", hex.slice(0, 16), hex.slice(16));
  return { address, port: Number.parseInt(port, 16) };
}
