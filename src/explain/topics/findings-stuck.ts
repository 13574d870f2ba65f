/** Explains the findings about connections that do not get on. */
import { prose } from "../prose.ts";
import type { Topic } from "../topic.ts";

export const stuckFindings: readonly Topic[] = [
  {
    name: "stuck-close-wait",
    kind: "finding",
    title: "Finding stuck-close-wait",
    oneLine: "A process has not closed connections that the peer closed, for 10 s or more.",
    text: prose(`
      What it means: the peer has said goodbye and the local process still holds the descriptor.
      There is one finding per owner, or per listener if nobody has accepted.

      How to tell the causes apart:

      - not-accepted: the connection waits in the accept queue. The process does not call
      accept(): it is blocked, overloaded, or at its descriptor limit.
      - drained: the application has taken everything and forgot to close, often on an error path
      or in a connection pool that never looks at idle connections.
      - fin-unread: nobody reads this connection. Typical of idle pooled connections.
      - data-unread: bytes wait too. The process is busy or blocked. A close() now sends a RST.
      - several holders: a child inherited the descriptor; the parent's close() had no effect.

      What to do: fix the close in the application. A restart of the owner frees all of them. No
      sysctl ends CLOSE_WAIT.

      Fires after 10 s in CLOSE_WAIT; --threshold stuck-close-wait=VALUE changes that.
    `),
    see: ["CLOSE_WAIT", "unread", "owner", "accept-queue", "descriptor-exhaustion"],
    source: "net/ipv4/tcp.c:tcp_recvmsg_locked; RFC 9293 3.6",
  },
  {
    name: "repeated-fin-retransmit",
    kind: "finding",
    title: "Finding repeated-fin-retransmit",
    oneLine: "FINs towards one address were sent again twice or more.",
    text: prose(`
      What it means: the FIN or its ACK does not get through. One re-send is everyday; from two
      on, the path or the peer has trouble. There is one finding per remote address.

      How to tell the causes apart:

      - Data is re-sent too, in other connections: loss on the path.
      - Only FINs: a firewall or NAT that has dropped the connection from its table, or a peer
      that is gone.
      - The sender is in FIN_WAIT1: wave 1 or 2 is lost. In LAST_ACK: wave 3 or 4. One host alone
      cannot tell which of the two; with both ends visible this program does.
      - The peer's TCPDSACKOldSent rises: it gets duplicates, so its ACKs are lost.

      What to do: record on the peer as well, and look at the path. The sysctl only decides how
      long the kernel goes on trying.

      Fires when a FIN was sent again twice; --threshold repeated-fin-retransmit=VALUE changes that.
    `),
    sysctls: ["net.ipv4.tcp_orphan_retries", "net.ipv4.tcp_retries2"],
    see: ["lost-wave", "RTO", "TLP", "retransmit", "stuck-fin-wait1", "stuck-last-ack"],
    source: "net/ipv4/tcp_timer.c:tcp_retransmit_timer; RFC 6298",
  },
  {
    name: "stuck-fin-wait1",
    kind: "finding",
    title: "Finding stuck-fin-wait1",
    oneLine: "A FIN has not been acknowledged for 5 s.",
    text: prose(`
      What it means: this side closed first and the peer's kernel does not confirm.

      How to tell the causes apart:

      - FIN re-sent: wave 1 or 2 is lost, or the peer is gone.
      - Data re-sent, no FIN: the data before the FIN is lost; the FIN waits behind it.
      - Nothing re-sent, timer persist: the peer's window is closed. Its application does not
      read. The FIN cannot leave.
      - Nothing re-sent, window open: a filter on this host drops the segment on its way out.

      What to do: look at the peer. How long the kernel tries is tcp_orphan_retries for an
      orphan, tcp_retries2 while a process holds it.

      Fires after 5 s in FIN_WAIT1; --threshold stuck-fin-wait1=VALUE changes that.
    `),
    sysctls: ["net.ipv4.tcp_orphan_retries", "net.ipv4.tcp_retries2"],
    see: ["FIN_WAIT1", "zero-window", "orphan", "lost-wave"],
    source: "net/ipv4/tcp_timer.c:tcp_write_timeout, tcp_probe_timer",
  },
  {
    name: "stuck-last-ack",
    kind: "finding",
    title: "Finding stuck-last-ack",
    oneLine: "The second FIN has not been acknowledged for 5 s.",
    text: prose(`
      What it means: this side closed second and the peer's kernel does not confirm.

      How to tell the causes apart:

      - FIN re-sent: wave 3 or 4 is lost, or the peer is gone. If the peer is in TIME_WAIT it is
      wave 4; if it is still in FIN_WAIT2 it is wave 3.
      - Data re-sent, or timer persist: the FIN waits behind data.
      - It ends with a RST: the peer had forgotten the connection, most often because this side
      stayed in CLOSE_WAIT for longer than the peer's FIN_WAIT2 lasts.

      What to do: if many end with a RST, close sooner here. Else look at the path.

      Fires after 5 s in LAST_ACK; --threshold stuck-last-ack=VALUE changes that.
    `),
    sysctls: ["net.ipv4.tcp_orphan_retries", "net.ipv4.tcp_retries2"],
    see: ["LAST_ACK", "lost-wave", "CLOSE_WAIT", "repeated-fin-retransmit"],
    source: "net/ipv4/tcp_timer.c:tcp_write_timeout",
  },
  {
    name: "stuck-fin-wait2",
    kind: "finding",
    title: "Finding stuck-fin-wait2",
    oneLine: "The peer has not closed its side for 60 s or beyond the orphan's limit.",
    text: prose(`
      What it means: our FIN is confirmed, and the peer's application does not close. The fault
      is nearly always there, in its CLOSE_WAIT.

      How to tell the causes apart:

      - Held by a process: it called shutdown(SHUT_WR) and waits for the peer, without any limit.
      - An orphan: close() was called, and tcp_fin_timeout limits the wait. Above 60 that limit
      is 2*(T-60) s, half of it as a full socket.

      What to do: look at the peer. In the application put a time limit on reading after
      shutdown(), then close().

      Fires after 60 s in FIN_WAIT2; --threshold stuck-fin-wait2=VALUE changes that.
    `),
    sysctls: ["net.ipv4.tcp_fin_timeout"],
    see: ["FIN_WAIT2", "half-close", "CLOSE_WAIT", "wave 3"],
    source: "net/ipv4/tcp_input.c:tcp_rcv_state_process",
  },
  {
    name: "half-close",
    kind: "finding",
    title: "Half-close (finding and word)",
    oneLine: "One direction is shut while the other still carries data.",
    text: prose(`
      What it means: one side called shutdown(SHUT_WR). It sends no more and still receives. TCP
      allows this for as long as the two like: the one is in FIN_WAIT2, the other in CLOSE_WAIT.

      As a finding it is information: 60 s in this form, and data still flows. It is no fault if
      the protocol means it, as in "send the request, shut down, read the answer".

      A proxy or firewall may not know: many drop half-closed connections after a short time.

      What to do: nothing, if it is meant. If not, the side in CLOSE_WAIT should look for the end
      of the stream, and the other should use close().

      Fires after 60 s with one direction shut; --threshold half-close=VALUE changes that.
    `),
    aliases: ["half-closed"],
    see: ["shutdown", "FIN_WAIT2", "CLOSE_WAIT", "EOF"],
    source: "net/ipv4/tcp.c:tcp_shutdown; RFC 9293 3.6.1",
  },
];
