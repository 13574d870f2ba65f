/** What a change to CLOSE really means: the kernel announces the end of a socket, not of the wait. */

import type { TransitionEvent } from "../event/trace-event.ts";
import type { ResetMark, Trigger, Verdict } from "./endpoint.ts";

/** Where an endpoint goes when its full socket is gone. */
export type CloseOutcome =
  /** A mini-socket took over and waits: TIME_WAIT, or FIN_WAIT2 still without the peer's FIN. */
  | { readonly next: "TIME_WAIT" | "FIN_WAIT2"; readonly isCertain: boolean }
  /** Nothing is left. `trigger` is given where this event decides it. */
  | {
      readonly next: "CLOSE";
      readonly verdict: Verdict;
      readonly trigger?: Trigger;
      readonly note?: string;
    };

const ECONNABORTED = 103;
const EPIPE = 32;
const ECONNRESET = 104;
const ETIMEDOUT = 110;
const ECONNREFUSED = 111;

/** What an error says that came by ICMP (`net/ipv4/icmp.c:icmp_err_convert`, `net/ipv6/icmp.c`). */
const UNREACHABLE: ReadonlyMap<number, string> = new Map([
  [13, "ICMP said that a rule on the way forbids it"],
  [101, "ICMP said that the network cannot be reached"],
  [ECONNREFUSED, "ICMP said that the port cannot be reached, as a firewall does that rejects"],
  [112, "ICMP said that the host is down"],
  [113, "the host cannot be reached: ICMP said so, or nobody answered ARP"],
]);

/** Kernel reasons of an RST that replaces the mini-socket after FIN_WAIT2. */
const RESETS_INSTEAD_OF_WAITING = new Set(["TCP_ABORT_ON_MEMORY", "TCP_ABORT_ON_LINGER"]);

/**
 * Decode one change to CLOSE.
 *
 * The evidence is the socket's own: `sk_err`, SOCK_DONE, the lock's owner. `tcp_time_wait()`
 * calls `tcp_done()`, so FIN_WAIT2 -> CLOSE without an error is the birth of a mini-socket:
 * in TIME_WAIT when the peer's FIN has come (SOCK_DONE), else in FIN_WAIT2
 * (`net/ipv4/tcp_minisocks.c:tcp_time_wait`, `net/ipv4/tcp_input.c:tcp_fin`).
 *
 * @param reset the endpoint's last RST, when it is no older than a millisecond
 */
export function decodeClose(event: TransitionEvent, reset: ResetMark | null): CloseOutcome {
  const sent = reset?.direction === "sent" ? reset : null;
  switch (event.error ?? null) {
    case ECONNABORTED:
      return { next: "CLOSE", verdict: "killed" };
    case ETIMEDOUT:
      return { next: "CLOSE", verdict: "timed-out" };
    case ECONNREFUSED:
      return event.from === "SYN_SENT"
        ? { next: "CLOSE", verdict: "refused" }
        : decodeNetworkError(event, sent);
    case ECONNRESET:
    case EPIPE:
      return sent?.reason === "TCP_ABORT_ON_DATA" ? dataAfterClose() : resetReceived();
    case 0:
    case null:
      return decodeQuietClose(event, sent);
    default:
      return decodeNetworkError(event, sent);
  }
}

/**
 * What came by ICMP, or silence to ARP, ends a connect() at once. Later it is only remembered, and
 * stands in the place of ETIMEDOUT when the kernel gives up (`net/ipv4/tcp_timer.c:tcp_write_err`
 * takes `sk_err_soft`).
 *
 * With IP_RECVERR it is an error at once too, which may still stand there when the connection ends
 * by something else: by its own close(), or with nothing left that the peer has not confirmed.
 */
function decodeNetworkError(event: TransitionEvent, sent: ResetMark | null): CloseOutcome {
  const { from, error = 0 } = event;
  const isOwnClose = event.inProcess === true && event.closing === true;
  const isConfirmed =
    from === "FIN_WAIT2"
      ? event.finReceived === true || event.orphan === true
      : (from === "LAST_ACK" || from === "CLOSING") && event.sendQ === 0;
  if (isOwnClose || isConfirmed) return decodeQuietClose(event, sent);
  const why = UNREACHABLE.get(error) ?? `the error ${error} came from below TCP`;
  return from === "SYN_SENT"
    ? { next: "CLOSE", verdict: "unfinished", note: `connect() failed: ${why}` }
    : { next: "CLOSE", verdict: "timed-out", note: why };
}

function resetReceived(): CloseOutcome {
  return { next: "CLOSE", verdict: "reset-received" };
}

/** `tcp_rcv_state_process()` runs tcp_reset() though no RST came, then answers with one. */
export function dataAfterClose(): CloseOutcome & { next: "CLOSE" } {
  return {
    next: "CLOSE",
    verdict: "reset-sent",
    note: "data arrived after the application had closed; the kernel answered with RST",
  };
}

/**
 * What an orphan's RST was for that went out when its FIN was acknowledged, in the place of a
 * mini-socket (`net/ipv4/tcp_input.c:tcp_rcv_state_process`): both have one reason.
 */
export const DATA_WITH_ACK =
  "the ACK of its FIN came with data, after the application had closed, or TCP_LINGER2 is below 0; the kernel answered with RST";

/** The socket carries no error: its own side ended it, or the teardown ran its course. */
function decodeQuietClose(event: TransitionEvent, sent: ResetMark | null): CloseOutcome {
  switch (event.from) {
    case "FIN_WAIT2":
      if (sent?.reason === "TCP_ABORT_ON_DATA") {
        return { next: "CLOSE", verdict: "reset-sent", note: DATA_WITH_ACK };
      }
      if (sent?.reason != null && RESETS_INSTEAD_OF_WAITING.has(sent.reason)) {
        return { next: "CLOSE", verdict: "reset-sent" };
      }
      if (sent?.reason === "TCP_STATE") {
        return { next: "CLOSE", verdict: "timed-out", note: "FIN_WAIT2 ran out; RST sent" };
      }
      return {
        next: event.finReceived === true ? "TIME_WAIT" : "FIN_WAIT2",
        isCertain: event.finReceived !== undefined,
      };
    case "CLOSING":
      return { next: "TIME_WAIT", isCertain: true };
    case "LAST_ACK":
      if (sent !== null) return outOfMemory();
      if (event.error === undefined) return { next: "CLOSE", verdict: "graceful", note: UNTOLD };
      return { next: "CLOSE", verdict: "graceful" };
    case "FIN_WAIT1":
      return event.error === undefined ? untold() : outOfMemory();
    case "SYN_SENT":
    case "SYN_RECV":
      return event.error === undefined && event.localPort !== 0
        ? untold()
        : gaveUpConnecting(event);
    default:
      return abort(event);
  }
}

/** Without the socket's error a reset or a timeout looks like any other end. */
const UNTOLD = "this kernel does not tell a reset or a timeout from another end";

function untold(): CloseOutcome {
  return { next: "CLOSE", verdict: "unknown", note: UNTOLD };
}

/** `tcp_check_oom()`: too many orphans, or out of TCP memory. */
function outOfMemory(): CloseOutcome {
  return {
    next: "CLOSE",
    verdict: "reset-sent",
    note: "given up for want of memory or room for orphans",
  };
}

/**
 * connect() that came to nothing on this side: no port left, or the application closed it.
 *
 * Nothing ended that had begun, no RST was sent or came and the kernel did not give up: of the
 * contract's words only `unfinished` says nothing false, with the state CLOSE and the note beside
 * it. `refused` is kept for the answer of another host.
 */
function gaveUpConnecting(event: TransitionEvent): CloseOutcome {
  if (event.from === "SYN_RECV") return { next: "CLOSE", verdict: "reset-sent" };
  if (event.localPort === 0) {
    return {
      next: "CLOSE",
      verdict: "unfinished",
      note: "connect() failed: no ephemeral port left towards this destination",
    };
  }
  return {
    next: "CLOSE",
    verdict: "unfinished",
    trigger: event.exiting === true ? "exit" : "close",
    note: "the application gave up before the connection was made",
  };
}

/**
 * ESTABLISHED or CLOSE_WAIT straight to CLOSE by this end: an RST goes out.
 *
 * `__tcp_close()` aborts when data is unread, before it looks at SO_LINGER; the queue still
 * counts it here. A closing listener ends children that nobody accepted, without owning them.
 */
function abort(event: TransitionEvent): CloseOutcome {
  if (event.inProcess === undefined) return { next: "CLOSE", verdict: "unknown" };
  const finBytes = event.finReceived ? 1 : 0;
  const hasUnread = (event.recvQ ?? 0) > finBytes;
  const trigger: Trigger =
    event.exiting === true
      ? "exit"
      : hasUnread && event.inProcess
        ? "unread-data"
        : event.linger === true
          ? "linger"
          : "close";
  return { next: "CLOSE", verdict: "reset-sent", trigger };
}
