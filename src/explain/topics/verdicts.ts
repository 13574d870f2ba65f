/** Explains the verdicts: how a teardown ended. */
import { prose } from "../prose.ts";
import type { Topic } from "../topic.ts";

export const verdicts: readonly Topic[] = [
  {
    name: "graceful",
    kind: "verdict",
    title: "Verdict graceful",
    oneLine: "All four waves went through.",
    text: prose(`
      Both FINs were sent and acknowledged. On the side that closed first the verdict stands as
      soon as TIME_WAIT begins; its 60 s need not be over.

      A teardown with re-sent FINs can be graceful too: look at the retransmits.
    `),
    see: ["wave", "TIME_WAIT"],
    source: "RFC 9293 3.6",
  },
  {
    name: "reset-sent",
    kind: "verdict",
    title: "Verdict reset-sent",
    oneLine: "This endpoint ended the connection with a RST.",
    text: prose(`
      Its causes, as the kernel names them:

      - unread data at close();
      - SO_LINGER with time 0, or a listener closed with connections nobody had accepted;
      - data that arrived after close(), with the ACK of the FIN or later;
      - TCP_LINGER2 below 0, so that FIN_WAIT2 was not waited for;
      - too many orphans, or TCP memory at its limit.

      The peer's application gets an error instead of the end of the stream, and may lose data
      that it had not read yet.
    `),
    see: ["RST", "unread-data", "linger", "orphan-pressure", "reset-teardown"],
    source: "net/ipv4/tcp.c:__tcp_close; RFC 9293 3.5.2",
  },
  {
    name: "reset-received",
    kind: "verdict",
    title: "Verdict reset-received",
    oneLine: "A RST from the other side, or from something between, ended it.",
    text: prose(`
      The application got ECONNRESET (104), or EPIPE (32) if it was in CLOSE_WAIT. If it had
      closed already, it never learned.

      A RST does not say who made it: the peer's application, the peer's kernel, which had
      forgotten the connection, or a firewall or load balancer on the way. Compare with what the
      peer's side recorded.

      In LAST_ACK it means that the peer had forgotten the connection: its FIN_WAIT2 had run out,
      or it had been restarted.
    `),
    see: ["RST", "LAST_ACK", "FIN_WAIT2", "reset-teardown"],
    source: "net/ipv4/tcp_input.c:tcp_reset; RFC 9293 3.5.3",
  },
  {
    name: "timed-out",
    kind: "verdict",
    title: "Verdict timed-out",
    oneLine: "The kernel gave up waiting and ended it.",
    text: prose(`
      Which clock ran out:

      - re-sends of data or of a FIN: tcp_retries2, for an orphan tcp_orphan_retries;
      - TCP_USER_TIMEOUT of this socket;
      - keepalive probes without an answer;
      - a connect() without an answer: tcp_syn_retries;
      - an orphan in FIN_WAIT2 without the peer's FIN: tcp_fin_timeout. That end is silent. Where
        tcp_max_tw_buckets was full, the kernel did not wait at all.

      No RST is sent, except when keepalive gives up. The peer may go on believing in the
      connection. Where ICMP, or silence to ARP, said why nothing came through, the application gets
      EHOSTUNREACH or the like in the place of ETIMEDOUT, and the note names it.
    `),
    sysctls: [
      "net.ipv4.tcp_orphan_retries",
      "net.ipv4.tcp_retries2",
      "net.ipv4.tcp_fin_timeout",
      "net.ipv4.tcp_syn_retries",
    ],
    see: ["RTO", "keepalive", "TCP_USER_TIMEOUT", "TCPAbortOnTimeout"],
    source: "net/ipv4/tcp_timer.c:tcp_write_timeout; RFC 9293 3.8.3",
  },
  {
    name: "refused",
    kind: "verdict",
    title: "Verdict refused",
    oneLine: "A connect() was answered with a RST.",
    text: prose(`
      The application got ECONNREFUSED (111). Nobody listens at that address and port, or a
      firewall answers in the host's place.

      A connect() that found no free port of its own is not refused, it never left this host: see
      unfinished.

      A full accept queue does not refuse by default: it drops, and the client tries again.
    `),
    sysctls: ["net.ipv4.tcp_abort_on_overflow"],
    see: ["SYN_SENT", "RST", "accept-queue"],
    source: "net/ipv4/tcp_input.c:tcp_reset; RFC 9293 3.5.2",
  },
  {
    name: "killed",
    kind: "verdict",
    title: "Verdict killed",
    oneLine: "An administrator destroyed the socket, for instance with ss -K.",
    text: prose(`
      The application got ECONNABORTED (103) and the peer a RST. The program that asked for it is
      not the owner of the socket.

      The process still holds the descriptor and must close it.
    `),
    aliases: ["ss -K"],
    see: ["RST", "owner"],
    source: "net/ipv4/tcp.c:tcp_abort",
  },
  {
    name: "unfinished",
    kind: "verdict",
    title: "Verdict unfinished",
    oneLine: "It was still open or closing when the recording ended, or never connected.",
    text: prose(`
      Not a fault by itself. The state and its age say more: a CLOSE_WAIT of hours is unfinished
      too.

      With the state CLOSE it is a connect() that came to nothing on this side: the application
      closed the socket in SYN_SENT, no ephemeral port was left, or ICMP said that there is no way.
      Nobody refused it and no teardown took place; the note says which it was.
    `),
    see: ["stuck-close-wait", "phase", "port-exhaustion"],
  },
  {
    name: "unknown",
    kind: "verdict",
    title: "Verdict unknown",
    oneLine: "Events were lost while it ended, so the end cannot be told.",
    text: prose(`
      A gap covers the time in which this endpoint ended. The program does not guess. The other
      end, if it is on this host too, may know.
    `),
    see: ["gap", "ledger", "incomplete-trace"],
  },
];
