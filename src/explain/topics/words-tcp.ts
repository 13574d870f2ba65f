/** Explains the words of TCP and of the kernel that the other topics use. */
import { prose } from "../prose.ts";
import type { Topic } from "../topic.ts";

export const tcpWords: readonly Topic[] = [
  {
    name: "mini-socket",
    kind: "word",
    title: "Mini-socket",
    oneLine: "The small record that stands for a closed socket in TIME_WAIT or FIN_WAIT2.",
    text: prose(`
      When a full socket has nothing left to do but wait, the kernel copies what it needs into
      256 bytes (struct inet_timewait_sock) and frees the rest, about 2368 bytes. The full socket
      goes to CLOSE in the same moment.

      It holds the four-tuple and a few numbers: no data, no descriptor, no owner, inode 0. It
      announces no change of state. In the socket table its timer is of kind timewait.

      In FIN_WAIT2 it waits for the peer's FIN and then becomes a TIME_WAIT. If data comes
      instead, it answers with a RST and dies.
    `),
    aliases: ["timewait socket", "inet_timewait_sock"],
    sysctls: ["net.ipv4.tcp_max_tw_buckets"],
    see: ["TIME_WAIT", "FIN_WAIT2", "TW"],
    source: "net/ipv4/inet_timewait_sock.c:inet_twsk_alloc; net/ipv4/tcp_minisocks.c",
  },
  {
    name: "orphan",
    kind: "word",
    title: "Orphan",
    oneLine: "A full socket that no process holds any more.",
    text: prose(`
      After the last close() the kernel finishes the teardown alone: in FIN_WAIT1, CLOSING,
      LAST_ACK, and in FIN_WAIT2 above 60 s. Nobody will learn how it ends.

      Its limits are its own: tcp_orphan_retries for re-sends, tcp_fin_timeout for FIN_WAIT2,
      tcp_max_orphans for their number. Mini-sockets are no orphans.
    `),
    sysctls: ["net.ipv4.tcp_orphan_retries", "net.ipv4.tcp_max_orphans"],
    see: ["orphan-pressure", "owner", "close", "sockstat"],
    source: "net/ipv4/tcp.c:__tcp_close",
  },
  {
    name: "four-tuple",
    kind: "word",
    title: "Four-tuple",
    oneLine: "Local address and port, remote address and port: what names a connection.",
    text: prose(`
      A port is not used up by a connection; a four-tuple is. One local port can serve many
      destinations at the same time, and a server's one port serves all its clients.
    `),
    aliases: ["4-tuple", "tuple"],
    see: ["port-exhaustion", "TIME_WAIT", "ip_local_port_range"],
    source: "RFC 9293 3.4",
  },
  {
    name: "accept-queue",
    kind: "word",
    title: "Accept queue",
    oneLine: "Complete connections that wait for accept().",
    text: prose(`
      They are ESTABLISHED for the kernel and the client, and no process holds them: inode 0. If
      the client goes away they are in CLOSE_WAIT, still in the queue.

      ss -ltn shows the queue of each listener: Recv-Q is its length now, Send-Q the most it may
      hold, which is the smaller of the backlog given to listen() and somaxconn.

      When it is full, a SYN is dropped and ListenOverflows rises. When the listener is closed,
      all that wait get a RST.
    `),
    aliases: ["backlog", "not-accepted"],
    sysctls: ["net.core.somaxconn", "net.ipv4.tcp_abort_on_overflow"],
    see: ["LISTEN", "ListenOverflows", "stuck-close-wait"],
    source: "net/ipv4/inet_connection_sock.c:inet_csk_accept",
  },
  {
    name: "unread",
    kind: "word",
    title: "Unread: the receive queue in CLOSE_WAIT",
    oneLine: "What Recv-Q says about the application when the peer has closed.",
    text: prose(`
      - drained, Recv-Q 0: the application has taken everything, the FIN's sequence number too,
      and has not closed. It need not have seen the end of the stream: the read that takes the
      last byte takes the FIN along.
      - fin-unread, Recv-Q 1: the FIN alone is left.
      - data-unread, Recv-Q above 1: that many bytes, less one for the FIN. close() sends a RST.
      - not-accepted: no descriptor yet; it waits in a listener's accept queue.

      That the application read the end of the stream (eofRead) is said only where a read that
      returned 0 was observed.
    `),
    aliases: ["Recv-Q", "drained", "fin-unread", "data-unread"],
    see: ["CLOSE_WAIT", "EOF", "unread-data", "accept-queue"],
    source: "net/ipv4/tcp_ipv4.c:get_tcp4_sock; net/ipv4/tcp.c:tcp_recvmsg_locked",
  },
  {
    name: "EOF",
    kind: "word",
    title: "EOF, the end of the stream",
    oneLine: "A read that returns 0: the peer has sent its FIN and all data is read.",
    text: prose(`
      It is how an application learns that the peer has closed. It must then close too; nothing
      else will. poll() and epoll announce it as readable, with POLLRDHUP where asked for.

      An application that does not read, for instance a pool that leaves a connection idle, does
      not learn it.
    `),
    aliases: ["eofRead", "end of stream"],
    see: ["CLOSE_WAIT", "unread"],
    source: "net/ipv4/tcp.c:tcp_recvmsg_locked",
  },
  {
    name: "RST",
    kind: "word",
    title: "RST, the reset",
    oneLine: "Ends a connection at once, without waves and without TIME_WAIT.",
    text: prose(`
      Sent on purpose: linger time 0, unread data at close(), ss -K, too many orphans. Sent as an
      answer: to data after close(), to a segment of a connection nobody knows, to a SYN at a
      port where nobody listens, and at the end of keepalive.

      The application that receives it gets ECONNRESET (104), in CLOSE_WAIT EPIPE (32), in
      connect() ECONNREFUSED (111). What its kernel had not handed over yet is lost.
    `),
    aliases: ["reset", "ECONNRESET", "EPIPE", "ECONNREFUSED"],
    see: ["reset-sent", "reset-received", "refused", "unread-data", "linger"],
    source: "net/ipv4/tcp_input.c:tcp_reset; RFC 9293 3.5.2",
  },
  {
    name: "2MSL",
    kind: "word",
    title: "2MSL",
    oneLine: "Twice the longest life of a segment: the idea behind TIME_WAIT.",
    text: prose(`
      The RFC asks for a TIME_WAIT of twice the maximum segment lifetime, which it sets to 2
      minutes. Linux does not compute it: TCP_TIMEWAIT_LEN is 60 s.
    `),
    folklore: [
      {
        claim: "FIN_WAIT2 and TIME_WAIT both last at most 2MSL.",
        truth:
          "They have nothing in common: tcp_fin_timeout governs the one, a constant the other, " +
          "and a late segment makes TIME_WAIT longer than 60 s.",
      },
      {
        claim: "2MSL is one round trip: one for the ACK, one for a FIN sent again.",
        truth:
          "It is to outlast the peer's re-sends of its FIN and segments that wander about. 60 s " +
          "is a compromise taken over from BSD.",
      },
    ],
    aliases: ["MSL", "TCP_TIMEWAIT_LEN"],
    see: ["TIME_WAIT", "FIN_WAIT2"],
    source: "include/net/tcp.h:TCP_TIMEWAIT_LEN; RFC 9293 3.4.1, 3.6",
  },
  {
    name: "SO_REUSEADDR",
    kind: "word",
    title: "SO_REUSEADDR",
    oneLine: "Lets bind() succeed although old connections of the port are in TIME_WAIT.",
    text: prose(`
      A server sets it before bind(), so that it can start again while connections of its last
      run are still in TIME_WAIT.
    `),
    folklore: [
      {
        claim: "SO_REUSEADDR avoids TIME_WAIT.",
        truth: "It only lets bind() proceed. TIME_WAIT comes and stays as ever.",
      },
    ],
    see: ["TIME_WAIT", "LISTEN"],
    source: "net/ipv4/inet_connection_sock.c:inet_csk_get_port",
  },
];
