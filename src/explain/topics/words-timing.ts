/** Explains the words about re-sending, probing and waiting. */
import { prose } from "../prose.ts";
import type { Topic } from "../topic.ts";

export const timingWords: readonly Topic[] = [
  {
    name: "RTO",
    kind: "word",
    title: "RTO, the retransmission timeout",
    oneLine: "How long the kernel waits for an ACK before it sends again.",
    text: prose(`
      It follows the measured round trip, is at least about 200 ms, 1 s before any measurement,
      and doubles with each re-send up to 120 s (tcp_rto_max_ms).

      The end is a matter of time, not of a count: at the first RTO where ((2<<N)-1) * 200 ms
      have passed since the first RTO re-send, plus 120 s for each N above 9. N is
      tcp_orphan_retries for an orphan and tcp_retries2 for a socket that a process holds.
    `),
    aliases: ["retransmission timeout"],
    sysctls: ["net.ipv4.tcp_orphan_retries", "net.ipv4.tcp_retries2", "net.ipv4.tcp_rto_max_ms"],
    see: ["TLP", "retransmit", "tcp_orphan_retries", "tcp_retries2"],
    source: "net/ipv4/tcp_timer.c:retransmits_timed_out; RFC 6298",
  },
  {
    name: "TLP",
    kind: "word",
    title: "TLP, the tail loss probe",
    oneLine: "The first re-send of the last segment, sent before the RTO.",
    text: prose(`
      If the last segment of a flight, so often the FIN, is not confirmed in about two round
      trips (plus about 200 ms when it is alone), the kernel sends it again without calling it a
      timeout. It counts in TCPLossProbes, not in TCPTimeouts, and not in what ss prints.

      So one re-sent FIN is no alarm yet.
    `),
    aliases: ["tail loss probe"],
    see: ["RTO", "retransmit", "TCPLossProbes"],
    source: "net/ipv4/tcp_output.c:tcp_send_loss_probe; RFC 8985 7",
  },
  {
    name: "retransmit",
    kind: "word",
    title: "Retransmit",
    oneLine: "A segment that was sent again: FIN, DATA, DATA+FIN or SYN.",
    text: prose(`
      The kind comes from the flags of the segment itself, not from the state: in FIN_WAIT1 a
      lost piece of data is re-sent without the FIN behind it.

      The cause: RTO (the timer ran out), TLP (a probe before it), fast (later segments were
      confirmed, so this one must be lost), unknown.

      Probes of a closed window and of keepalive are no retransmits.
    `),
    aliases: ["retransmits", "re-send", "fast", "DATA+FIN"],
    see: ["RTO", "TLP", "zero-window", "repeated-fin-retransmit"],
    source: "net/ipv4/tcp_output.c:__tcp_retransmit_skb",
  },
  {
    name: "zero-window",
    kind: "word",
    title: "Zero window",
    oneLine: "The peer's receive buffer is full: its application does not read.",
    text: prose(`
      Data and the FIN behind it cannot leave. The kernel sends small probes instead (ss prints
      timer:(persist,...)). As long as the peer answers them, a socket that a process holds waits
      without limit; an orphan is limited by tcp_orphan_retries.
    `),
    aliases: ["persist", "closed window"],
    sysctls: ["net.ipv4.tcp_orphan_retries"],
    see: ["FIN_WAIT1", "stuck-fin-wait1"],
    source: "net/ipv4/tcp_timer.c:tcp_probe_timer; RFC 9293 3.8.6.1",
  },
  {
    name: "keepalive",
    kind: "word",
    title: "Keepalive",
    oneLine: "Probes on an idle connection, for sockets with SO_KEEPALIVE.",
    text: prose(`
      It is off unless the application asks for it, and it is about idle connections only. The
      first probe goes out after tcp_keepalive_time, then one each tcp_keepalive_intvl, and after
      tcp_keepalive_probes without an answer the kernel sends a RST and gives up.

      In CLOSE_WAIT it can end the socket, once the peer has forgotten it and answers with a RST.
      The descriptor stays open all the same: the leak remains.
    `),
    aliases: ["SO_KEEPALIVE"],
    sysctls: [
      "net.ipv4.tcp_keepalive_time",
      "net.ipv4.tcp_keepalive_intvl",
      "net.ipv4.tcp_keepalive_probes",
    ],
    see: ["TCP_USER_TIMEOUT", "timed-out", "CLOSE_WAIT"],
    source: "net/ipv4/tcp_timer.c:tcp_keepalive_timer; RFC 9293 3.8.4",
  },
  {
    name: "TCP_USER_TIMEOUT",
    kind: "word",
    title: "TCP_USER_TIMEOUT",
    oneLine: "A socket option: how long sent data may stay unconfirmed.",
    text: prose(`
      In milliseconds, for one socket. It takes the place of tcp_retries2 there, and after close()
      that of tcp_orphan_retries. It is the right means for an application that must notice a dead
      peer soon. At 3000 a FIN that nobody confirmed was given up after 3.4 s, with shutdown() and
      with close().
    `),
    aliases: ["user timeout"],
    see: ["tcp_retries2", "tcp_orphan_retries", "keepalive", "timed-out"],
    source: "net/ipv4/tcp_timer.c:tcp_write_timeout; RFC 5482",
  },
];
