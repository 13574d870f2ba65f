/** Explains the kernel's counters that speak of teardowns. */
import { prose } from "../prose.ts";
import type { Topic } from "../topic.ts";

type CounterText = {
  readonly name: string;
  readonly oneLine: string;
  readonly text: string;
  readonly see: readonly string[];
  readonly aliases?: readonly string[];
};

const counterTexts: readonly CounterText[] = [
  {
    name: "TW",
    oneLine: "Mini-sockets with a time above 4 s that were scheduled.",
    text: `It counts events, not what is there now, and FIN_WAIT2 mini-sockets count too. Up to
      Linux 5.15 it rises when one expires, since then when one begins. For the number there is
      now, read tw in sockstat.`,
    see: ["mini-socket", "TWKilled", "sockstat"],
  },
  {
    name: "TWKilled",
    oneLine: "Mini-sockets with a time of 4 s or less that were scheduled.",
    text: `Nothing was killed. It rises with a tcp_fin_timeout of 4 or less.`,
    see: ["TW", "tcp_fin_timeout"],
  },
  {
    name: "TWRecycled",
    oneLine: "A connect() took over a four-tuple in TIME_WAIT.",
    text: `This is tcp_tw_reuse at work; it has nothing to do with tcp_tw_recycle. A SYN from
      outside that reopens a TIME_WAIT entry is not counted anywhere.`,
    see: ["tcp_tw_reuse", "TIME_WAIT"],
  },
  {
    name: "TCPTimeWaitOverflow",
    oneLine: "A mini-socket was not made because tcp_max_tw_buckets was reached.",
    text: `The connection is simply forgotten: no RST, no log line. If the peer's FIN or a
      re-send of it comes later, it is answered with a RST.`,
    see: ["tcp_max_tw_buckets", "time-wait-pressure"],
  },
  {
    name: "TCPAbortOnClose",
    oneLine: "close() with unread data: a RST was sent.",
    text: `Each one is a peer that got an error, and perhaps lost data. The cure is to read until
      the end before close().`,
    see: ["unread-data", "reset-teardown"],
  },
  {
    name: "TCPAbortOnData",
    oneLine: "A RST for linger time 0, for data after close(), or for TCP_LINGER2 below 0.",
    text: `Three causes in one number: close() with SO_LINGER time 0, data that arrived after
      close() on a full socket, and a FIN_WAIT1 that must not wait in FIN_WAIT2. Data that
      reaches a mini-socket is not counted here.`,
    see: ["linger", "RST", "FIN_WAIT2"],
  },
  {
    name: "TCPAbortOnLinger",
    oneLine: "close() in FIN_WAIT2 with TCP_LINGER2 below 0.",
    text: `Despite its name it has nothing to do with SO_LINGER; that is in TCPAbortOnData.`,
    see: ["TCPAbortOnData", "FIN_WAIT2"],
  },
  {
    name: "TCPAbortOnTimeout",
    oneLine: "The kernel gave a connection up.",
    text: `Every end with error 110: re-sends, keepalive, TCP_USER_TIMEOUT. The silent end of a
      FIN_WAIT2 mini-socket is not in it.`,
    see: ["timed-out", "RTO", "keepalive"],
  },
  {
    name: "TCPAbortOnMemory",
    oneLine: "An orphan was ended for want of memory or above tcp_max_orphans.",
    text: `What it still had to send is lost. Look at orphan and mem in sockstat, and in the
      kernel log.`,
    see: ["orphan-pressure", "tcp_max_orphans", "tcp_mem"],
  },
  {
    name: "TCPAbortFailed",
    oneLine: "A RST should have been sent and could not.",
    text: `There was no memory for it, or the host could not send it. The peer does not know that
      the connection is gone.`,
    see: ["TCPAbortOnMemory", "RST"],
  },
  {
    name: "EstabResets",
    oneLine: "A connection went from ESTABLISHED or CLOSE_WAIT straight to CLOSE.",
    text: `Not only resets: a time limit that ran out and a close() with unread data count too.`,
    see: ["RST", "timed-out", "unread-data"],
  },
  {
    name: "TCPTimeouts",
    oneLine: "The RTO of a connection ran out.",
    text: `Each one is a wait of at least 200 ms for somebody. Tail loss probes are counted
      elsewhere, in TCPLossProbes.`,
    see: ["RTO", "TCPLossProbes"],
  },
  {
    name: "TCPLossProbes",
    oneLine: "A tail loss probe was sent.",
    text: `The first re-send of a FIN is usually one. It is not in TCPTimeouts and not in the
      count that ss prints.`,
    see: ["TLP", "TCPTimeouts"],
  },
  {
    name: "TCPLostRetransmit",
    oneLine: "A re-sent segment was lost again.",
    text: `The path loses much, or the peer is gone.`,
    see: ["retransmit", "repeated-fin-retransmit"],
  },
  {
    name: "TCPRetransFail",
    oneLine: "A re-send failed on this host.",
    text: `It never reached the wire. Look at queues, filters and memory of this host, not at the
      path.`,
    see: ["retransmit"],
  },
  {
    name: "TCPSynRetrans",
    oneLine: "A SYN or SYN-ACK was sent again.",
    text: `The opening of connections suffers: a peer that does not answer, or a full queue on
      the other side.`,
    see: ["SYN_SENT", "accept-queue"],
  },
  {
    name: "TCPDSACKOldSent",
    oneLine: "The peer re-sent what had arrived already; its sender missed our ACKs.",
    text: `If it rises on the side in CLOSE_WAIT while the other re-sends its FIN, the ACKs, so
      wave 2, are lost on the way back.`,
    see: ["wave 2", "lost-wave"],
  },
  {
    name: "EmbryonicRsts",
    oneLine: "A RST ended a handshake that was not complete.",
    text: `A request socket, so no state event tells of it. Port scans do this.`,
    see: ["SYN_RECV", "RST"],
  },
  {
    name: "ListenOverflows",
    oneLine: "An accept queue was full.",
    text: `The SYN, or the last ACK of the handshake, was dropped and the client tries again. The
      process does not accept fast enough, or the queue is too short. ss -ltn shows the queue.`,
    see: ["accept-queue", "somaxconn", "tcp_abort_on_overflow"],
  },
  {
    name: "sockstat",
    oneLine: "The kernel's account of sockets: inuse, orphan, tw, alloc, mem.",
    text: `In /proc/net/sockstat. inuse and tw are of this network namespace; orphan, alloc and
      mem are of the whole host. tw counts mini-sockets, those in FIN_WAIT2 too. orphan counts
      full sockets only. mem is in pages.

      There is no counter named after orphans in nstat; this is the place.`,
    see: ["orphan", "mini-socket", "tcp_max_orphans", "tcp_mem"],
    aliases: ["/proc/net/sockstat", "tw buckets in use"],
  },
];

export const counters: readonly Topic[] = counterTexts.map(({ text, ...counter }) => ({
  ...counter,
  kind: "counter",
  title: `Counter ${counter.name}`,
  text: prose(text),
  source: counter.name === "sockstat" ? "net/ipv4/proc.c:sockstat_seq_show" : "net/ipv4/proc.c",
}));
