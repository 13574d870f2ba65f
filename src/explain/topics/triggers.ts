/** Explains the triggers: how this endpoint's own side was closed. */
import { prose } from "../prose.ts";
import type { Topic } from "../topic.ts";

export const triggers: readonly Topic[] = [
  {
    name: "close",
    kind: "trigger",
    title: "Trigger close",
    oneLine: "The process called close() on the last descriptor of the socket.",
    text: prose(`
      close() sends a FIN only if it lets go of the last descriptor of the socket. While a child
      or another process holds a copy, nothing is sent and nothing is announced.

      What follows is not always a FIN:

      - Unread data in the receive queue: a RST, and the peer may lose what it has not read yet.
      - SO_LINGER with time 0: a RST.
      - Too many orphans, or TCP memory at its limit: a RST.
      - Data that comes in later: a RST answers it.

      After close() the socket is an orphan: no process learns how the teardown ends.

      (For the TCP state, ask for CLOSE in capitals.)
    `),
    folklore: [
      {
        claim: "close() always makes a four-way close.",
        truth:
          "Unread data, a linger time of 0 and the orphan limit make it a RST, and nothing at " +
          "all is sent before the last descriptor is closed.",
      },
    ],
    aliases: ["close()"],
    sysctls: ["net.ipv4.tcp_max_orphans"],
    see: ["CLOSE", "shutdown", "unread-data", "linger", "exit", "orphan"],
    source: "net/ipv4/tcp.c:__tcp_close; RFC 9293 3.6; RFC 1122 4.2.2.13",
  },
  {
    name: "shutdown",
    kind: "trigger",
    title: "Trigger shutdown",
    oneLine: "The process called shutdown(): a FIN, and the descriptor stays open.",
    text: prose(`
      shutdown() acts on the connection, not on the descriptor: it sends the FIN at once, even if
      other processes hold copies. After SHUT_WR the process can go on reading until the peer
      closes; SHUT_RDWR shuts its own reading too.

      The descriptor stays open, so the socket is no orphan: tcp_retries2, not
      tcp_orphan_retries, limits the re-sends of the FIN, and FIN_WAIT2 lasts without limit.

      The trigger stays shutdown, whatever closes the descriptor later.

      It is the polite way: shutdown(SHUT_WR), read until the end, close(). No RST, no lost data.
    `),
    aliases: ["shutdown()", "SHUT_WR"],
    sysctls: ["net.ipv4.tcp_retries2"],
    see: ["half-close", "close", "FIN_WAIT2"],
    source: "net/ipv4/tcp.c:tcp_shutdown; RFC 9293 3.6.1",
  },
  {
    name: "exit",
    kind: "trigger",
    title: "Trigger exit",
    oneLine: "The process ended with the descriptor open; the kernel closed it.",
    text: prose(`
      To TCP it is the same as close(): a FIN, or a RST if data was unread or the linger time
      was 0. A signal, SIGKILL included, makes no difference.

      It often explains a burst of closes at one instant: a restart or a crash.
    `),
    aliases: ["exit()", "SIGKILL"],
    see: ["close", "unread-data", "RST"],
    source: "net/ipv4/tcp.c:__tcp_close, called by kernel/exit.c:do_exit",
  },
  {
    name: "linger",
    kind: "trigger",
    title: "Trigger linger",
    oneLine: "SO_LINGER with time 0: close() sent a RST instead of a FIN.",
    text: prose(`
      Unsent and unread data is thrown away, the peer gets "connection reset by peer", and there
      is no TIME_WAIT on either side. Some programs set it to avoid TIME_WAIT; the price is lost
      data and errors at the peer.

      With a time above 0 the close is a normal one: close() blocks for up to that many seconds,
      until all is acknowledged, and the socket is no orphan before close() returns.

      A listener that is closed with connections in its accept queue ends those the same way.
    `),
    aliases: ["SO_LINGER"],
    see: ["RST", "reset-sent", "TCPAbortOnData", "close"],
    source: "net/ipv4/tcp.c:__tcp_close, tcp_disconnect",
  },
  {
    name: "unread-data",
    kind: "trigger",
    title: "Trigger unread-data",
    oneLine: "close() with data unread: the kernel sent a RST instead of a FIN.",
    text: prose(`
      The RST tells the peer that what it sent was not all read. It also makes the peer's kernel
      throw away data that its application has not read yet, so the last answer may be lost.

      Common causes: an HTTP server that answers early and does not read the rest of the request,
      a client that stops in the middle of a download, a protocol with a last message that nobody
      reads.

      The cure is in the application: shutdown(SHUT_WR), read until the end or a time limit, then
      close().
    `),
    see: ["TCPAbortOnClose", "RST", "unread", "reset-teardown"],
    source: "net/ipv4/tcp.c:__tcp_close; RFC 1122 4.2.2.13; RFC 2525 2.17",
  },
];
