/** Explains the states before a teardown and after it. */
import { prose } from "../prose.ts";
import type { Topic } from "../topic.ts";

export const openStates: readonly Topic[] = [
  {
    name: "LISTEN",
    kind: "state",
    title: "State LISTEN",
    oneLine: "A listening socket; connections wait in its accept queue.",
    text: prose(`
      Waits for: SYNs. It is not a connection and has no teardown of its own.

      Ended by: close() on the last descriptor. Connections that nobody has accepted are then
      ended with a RST, each with the closing process as its cause.

      ss shows: LISTEN. There Recv-Q is the number of connections that wait to be accepted and
      Send-Q the longest the queue may get.

      Worth knowing: a connection in the queue is already ESTABLISHED, and becomes CLOSE_WAIT
      when its client goes away, although no process has ever seen it.

      When the queue is full, a SYN is dropped without a word and ListenOverflows rises.
    `),
    sysctls: ["net.core.somaxconn", "net.ipv4.tcp_abort_on_overflow"],
    see: ["accept-queue", "CLOSE_WAIT", "ListenOverflows"],
    source: "net/ipv4/inet_connection_sock.c:inet_csk_listen_stop; RFC 9293 3.3.2",
  },
  {
    name: "SYN_SENT",
    kind: "state",
    title: "State SYN_SENT",
    oneLine: "connect() has sent a SYN and waits for the answer.",
    text: prose(`
      Waits for: the peer's SYN-ACK.

      Ended by: the SYN-ACK (then ESTABLISHED), a RST (connection refused), the end of the
      re-sends (timed out), or the application giving up.

      Lasts: with tcp_syn_retries at 6, 127 s; 131 s where the first four re-sends are linear.
      TCP_SYNCNT changes it for one socket.

      Worth knowing: the kernel announces this state before it has chosen a port, so the first
      event has local port 0. If the socket falls back to CLOSE at once and the port is still 0,
      there was no free port: connect() failed with EADDRNOTAVAIL.

      ss shows: SYN-SENT, timer:(on,...).
    `),
    aliases: ["SYN-SENT"],
    sysctls: ["net.ipv4.tcp_syn_retries", "net.ipv4.tcp_syn_linear_timeouts"],
    see: ["refused", "port-exhaustion", "RTO"],
    source: "net/ipv4/tcp_ipv4.c:tcp_v4_connect; RFC 9293 3.5",
  },
  {
    name: "SYN_RECV",
    kind: "state",
    title: "State SYN_RECV",
    oneLine: "The passive side of a handshake, just before it is complete.",
    text: prose(`
      Waits for: the third segment of the handshake, the client's ACK.

      On Linux the waiting itself is done by a request socket, a small record without a process,
      without an inode and without state events. A full socket exists only from the third ACK on,
      and passes through SYN_RECV for a moment: that is the first event of the new connection,
      although it looks as if the listener had changed state.

      Ended by: the ACK (then ESTABLISHED), a RST (EmbryonicRsts rises, no event), or the end of
      the SYN-ACK re-sends, about 63 s with tcp_synack_retries at 5.

      ss shows: SYN-RECV; the socket table prints state 03 and inode 0.
    `),
    folklore: [
      {
        claim: "The server is ESTABLISHED as soon as the client has sent its ACK.",
        truth: "When it receives that ACK. Until then it has only a request socket.",
      },
    ],
    aliases: ["SYN-RECEIVED", "SYN_RCVD"],
    sysctls: ["net.ipv4.tcp_abort_on_overflow", "net.ipv4.tcp_syncookies"],
    see: ["NEW_SYN_RECV", "accept-queue", "EmbryonicRsts"],
    source: "net/ipv4/inet_connection_sock.c:inet_csk_clone_lock; RFC 9293 3.5",
  },
  {
    name: "NEW_SYN_RECV",
    kind: "state",
    title: "State NEW_SYN_RECV",
    oneLine: "The kernel's own name for a request socket; ss prints it as SYN-RECV.",
    text: prose(`
      Inside the kernel a request socket carries this state, so that it cannot be mistaken for
      the full socket in SYN_RECV. It belongs to a listener, holds no data and no descriptor, and
      never announces a change of state. Only its re-sent SYN-ACK can be traced.

      A connection that ends here has never existed for any application.
    `),
    see: ["SYN_RECV", "accept-queue"],
    source: "include/net/tcp_states.h; net/ipv4/tcp_minisocks.c:tcp_check_req",
  },
  {
    name: "ESTABLISHED",
    kind: "state",
    title: "State ESTABLISHED",
    oneLine: "Both sides may send; the teardown has not begun.",
    text: prose(`
      Waits for: nothing. Data flows until one side ends its half.

      Ended by: close() or shutdown() here (then FIN_WAIT1), the peer's FIN (then CLOSE_WAIT), a
      RST either way (then CLOSE), or the kernel giving up.

      Lasts: without limit. An idle connection is never checked unless the application asked for
      keepalive. Data that is sent and not acknowledged is re-sent until tcp_retries2 or
      TCP_USER_TIMEOUT ends the connection.

      A FIN counts only in order: if a segment before it is missing, the FIN waits and the socket
      stays ESTABLISHED.

      ss shows: ESTAB. One that waits in an accept queue is ESTABLISHED too, without a process.

      Costs: a socket of about 2.3 KiB, its buffers and a descriptor.
    `),
    aliases: ["ESTAB"],
    sysctls: ["net.ipv4.tcp_retries2", "net.ipv4.tcp_keepalive_time"],
    see: ["FIN_WAIT1", "CLOSE_WAIT", "keepalive", "TCP_USER_TIMEOUT"],
    source: "net/ipv4/tcp_input.c:tcp_fin; RFC 9293 3.6",
  },
  {
    name: "CLOSE",
    kind: "state",
    title: "State CLOSE",
    oneLine: "The full socket is finished; a mini-socket may still live on.",
    text: prose(`
      CLOSE is where every full socket ends, and it does not say how. The state before and the
      socket's error tell:

      - FIN_WAIT2, no error, the peer's FIN has come: TIME_WAIT begins, in a mini-socket.
      - FIN_WAIT2, no error, no FIN yet: a mini-socket goes on waiting in FIN_WAIT2.
      - CLOSING, no error: TIME_WAIT begins.
      - LAST_ACK, no error: the fourth wave has arrived.
      - error 104, or 32 from CLOSE_WAIT: a RST came, or data came after close().
      - error 110: the kernel gave up.
      - error 111 from SYN_SENT: refused. Error 103: destroyed by an administrator.
      - ESTABLISHED or CLOSE_WAIT, no error: ended by this process with a RST, for unread data or
      for a linger time of 0.

      A process may still hold the descriptor of such a socket, and holds it until it calls
      close(). ss does not list it, but the descriptor still counts.

      ss shows: UNCONN, for sockets that are not connected yet.
    `),
    aliases: ["CLOSED", "UNCONN"],
    see: ["close", "mini-socket", "TIME_WAIT", "RST"],
    source: "net/ipv4/tcp.c:tcp_done; net/ipv4/tcp_minisocks.c:tcp_time_wait",
  },
];
