/** Explains the states of the side that closes second. */
import { prose } from "../prose.ts";
import type { Topic } from "../topic.ts";

export const passiveStates: readonly Topic[] = [
  {
    name: "CLOSE_WAIT",
    kind: "state",
    title: "State CLOSE_WAIT",
    oneLine: "The peer has closed; the local application has not.",
    text: prose(`
      Waits for: the process that holds the descriptor. The peer's FIN is here and acknowledged;
      this side may still send.

      Ended by: close() or shutdown() (then LAST_ACK), the end of the process, a RST, or an
      administrator with ss -K.

      Lasts: without limit. No timer runs and no sysctl ends it. Keepalive may, once the peer has
      forgotten the connection and answers with a RST; but then only the socket is gone, and the
      descriptor stays open until the process closes it.

      What the receive queue says:

      - 0: the application has taken everything, the FIN's number included, and has not closed.
      That it saw the end of the stream is certain only if a read that returned 0 was observed.
      - 1: the FIN alone is unread. The application does not read, or has not accepted.
      - more: that many bytes, less one for the FIN, are unread. A close() now sends a RST.

      No process at all: the connection waits in a listener's accept queue.

      ss shows: CLOSE-WAIT and Recv-Q; ss -p names the processes that hold it.

      Costs: a full socket, its buffers and a descriptor. Leaked descriptors add up until the
      process reaches its limit.
    `),
    folklore: [
      {
        claim: "Only close() ends CLOSE_WAIT; shutdown() is pointless.",
        truth:
          "shutdown(SHUT_WR) sends the FIN and leads to LAST_ACK. The end of the process, a RST " +
          "and ss -K end it too.",
      },
      {
        claim: "Many CLOSE_WAIT mean that the server forgot to close().",
        truth:
          "Either side can be the late one. Or nobody has accepted (no process), nobody reads " +
          "(Recv-Q above 0), or a child still holds the descriptor.",
      },
    ],
    aliases: ["CLOSE-WAIT", "CW"],
    see: ["stuck-close-wait", "unread", "owner", "accept-queue", "EOF", "FIN_WAIT2"],
    source: "net/ipv4/tcp_input.c:tcp_fin; RFC 9293 3.6",
  },
  {
    name: "LAST_ACK",
    kind: "state",
    title: "State LAST_ACK",
    oneLine: "We closed second; our FIN is not acknowledged yet.",
    text: prose(`
      Waits for: the ACK of our FIN, the fourth wave.

      Ended by: that ACK (then CLOSE: the passive side has no TIME_WAIT), a RST (the peer has
      forgotten the connection), or the kernel giving up.

      Lasts: one round trip, if all is well. Else as in FIN_WAIT1: an orphan follows
      tcp_orphan_retries (106 s by default on a fast network), a socket that a process holds after
      shutdown() follows tcp_retries2 (15 means 924.6 s or more).

      From here one cannot tell whether the FIN was lost or its ACK: both look the same. The
      peer's side decides.

      After close() the application never learns how it ends.

      ss shows: LAST-ACK, timer:(on,...).

      Costs: a full socket; as an orphan it counts against tcp_max_orphans.
    `),
    folklore: [
      {
        claim: "In LAST_ACK the FIN is re-sent tcp_orphan_retries times.",
        truth:
          "The same split as in FIN_WAIT1: orphans by tcp_orphan_retries, held sockets by " +
          "tcp_retries2, and both are times, not counts.",
      },
    ],
    aliases: ["LAST-ACK", "LA"],
    sysctls: ["net.ipv4.tcp_orphan_retries", "net.ipv4.tcp_retries2", "net.ipv4.tcp_rto_max_ms"],
    see: ["wave 3", "wave 4", "stuck-last-ack", "lost-wave", "orphan"],
    source: "net/ipv4/tcp_timer.c:tcp_write_timeout; RFC 9293 3.6",
  },
];
