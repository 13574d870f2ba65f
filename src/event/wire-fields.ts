/** Reads single fields of the rows that the probes print. */

import { type TcpState, tcpStateOf } from "./tcp-state.ts";
import type { ProbeMark, RetransmitCause, SocketTuple } from "./trace-event.ts";
import { hexPairToAddress } from "./wire-address.ts";

/** `include/net/inet_connection_sock.h`: ICSK_TIME_LOSS_PROBE, and no timer pending. */
const PENDING_LOSS_PROBE = 5;
const PENDING_NONE = 0;

/** A field as the hexadecimal number that it is. */
export function hex(text: string | undefined): number {
  return Number.parseInt(text as string, 16);
}

/** Where the record stood: CPU and sequence number. */
export function readMark(f: readonly string[]): ProbeMark {
  return { cpu: hex(f[2]), seq: hex(f[3]) };
}

/** Namespace and four-tuple, fields 5 to 12. */
export function readTuple(f: readonly string[]): SocketTuple {
  const family = f[6] as string;
  return {
    netns: hex(f[5]),
    local: hexPairToAddress(family, f[7] as string, f[8] as string),
    localPort: hex(f[11]),
    remote: hexPairToAddress(family, f[9] as string, f[10] as string),
    remotePort: hex(f[12]),
  };
}

/** `end_seq - seq` modulo 2^32, less the sequence numbers that SYN and FIN take. */
export function payloadLength(seq: number, endSeq: number, flags: number): number {
  const span = (endSeq - seq) >>> 0;
  return Math.max(0, span - ((flags >> 1) & 1) - (flags & 1));
}

/**
 * Why the kernel re-sends, from `icsk_pending` (`net/ipv4/tcp_timer.c:tcp_write_timer_handler`):
 * a loss probe leaves it at 5, the retransmission timer clears it first, an ACK leaves it armed.
 */
export function causeOf(pending: number): RetransmitCause {
  if (pending === PENDING_LOSS_PROBE) return "TLP";
  return pending === PENDING_NONE ? "RTO" : "fast";
}

/** The substate of a mini-socket, null for any other number. */
export function miniState(
  text: string | undefined,
): Extract<TcpState, "FIN_WAIT2" | "TIME_WAIT"> | null {
  const state = tcpStateOf(hex(text));
  return state === "FIN_WAIT2" || state === "TIME_WAIT" ? state : null;
}
