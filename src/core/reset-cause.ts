/** Why a connection ended by RST, as far as its endpoint can know. */

import { DATA_WITH_ACK } from "./close-truth.ts";
import type { Endpoint } from "./endpoint.ts";
import { localFin } from "./waves.ts";

/** The causes that a finding can name; the advice on resets knows the same words. */
export type ResetCause =
  | "unread-data"
  | "linger"
  | "data-after-close"
  | "data-with-ack"
  | "not-accepted"
  | "memory"
  | "received";

/**
 * The cause of a teardown by RST; null when it ended otherwise, or for a reason that has no word.
 *
 * The kernel's own reason decides where it gives one (6.10 and newer, `include/net/rstreason.h`),
 * else what the socket showed. ABORT_ON_DATA at the ACK of our FIN is data in that segment, as a
 * TLS peer sends it, or TCP_LINGER2 below 0, which nothing tells apart. A RST without a reason that
 * follows our own FIN is `net/ipv4/tcp.c:tcp_check_oom`.
 */
export function resetCauseOf(endpoint: Endpoint): ResetCause | null {
  const { verdict, trigger, reset } = endpoint;
  if (verdict === "reset-received") return "received";
  if (verdict !== "reset-sent") return null;
  const reason = reset?.direction === "sent" ? reset.reason : null;
  switch (reason) {
    case "TCP_ABORT_ON_CLOSE":
      return "unread-data";
    case "TCP_ABORT_ON_DATA":
      if (endpoint.note === DATA_WITH_ACK) return "data-with-ack";
      return endpoint.note === null ? null : "data-after-close";
    case "TCP_TIMEWAIT_SOCKET":
      return "data-after-close";
    case "TCP_ABORT_ON_MEMORY":
      return "memory";
    case null:
    case "TCP_STATE":
      break;
    default:
      return null;
  }
  if (wasNeverAccepted(endpoint)) return "not-accepted";
  if (trigger === "unread-data" || trigger === "linger") return trigger;
  if (reason === "TCP_STATE") return trigger === "exit" ? "linger" : null;
  return localFin(endpoint) === undefined ? null : "memory";
}

/**
 * Whether no process ever had it: neither accept() nor a descriptor nor an act of its own was
 * seen. It may carry the SO_LINGER of its listener, whose close() then ended it.
 */
function wasNeverAccepted(endpoint: Endpoint): boolean {
  const { direction, owner, holders } = endpoint;
  return (
    direction === "in" && owner === null && holders.length === 0 && localFin(endpoint) === undefined
  );
}
