/** Explains the sysctls that say how long and how often the kernel tries. */
import { prose } from "../prose.ts";
import type { Topic } from "../topic.ts";

export const tryingSysctls: readonly Topic[] = [
  {
    name: "tcp_retries2",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_retries2",
    oneLine: "How long data and FINs are re-sent while a process holds the socket.",
    text: prose(`
      Default 15, per network namespace. It governs data in ESTABLISHED and CLOSE_WAIT, and a FIN
      sent with shutdown() whose descriptor is still open. After close() tcp_orphan_retries takes
      over.

      N stands for a time, not a number: ((2<<N)-1) * 200 ms from the first RTO re-send, and 120
      s more for each N above 9. 15: 924.6 s. 8: 102.2 s. 5: 12.6 s, measured 13.4 s. The end
      comes at the first RTO after it.

      For one socket TCP_USER_TIMEOUT is the better means.

      Danger of a small value: a short failure of the network ends every connection with data in
      flight. RFC 1122 asks for at least 100 s, so 8.
    `),
    sysctls: ["net.ipv4.tcp_retries2", "net.ipv4.tcp_rto_max_ms"],
    see: ["RTO", "TCP_USER_TIMEOUT", "tcp_orphan_retries", "timed-out"],
    source: "net/ipv4/tcp_timer.c:tcp_write_timeout, tcp_model_timeout; RFC 1122 4.2.3.5",
  },
  {
    name: "tcp_retries1",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_retries1",
    oneLine: "When the kernel begins to doubt the route. It ends nothing.",
    text: prose(`
      Default 3, per network namespace. After that time without an ACK the kernel asks for
      another route and may probe for a smaller packet size. The connection goes on.
    `),
    sysctls: ["net.ipv4.tcp_retries1"],
    see: ["tcp_retries2", "RTO"],
    source: "net/ipv4/tcp_timer.c:tcp_write_timeout",
  },
  {
    name: "tcp_rto_max_ms",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_rto_max_ms",
    oneLine: "The longest pause between two re-sends.",
    text: prose(`
      Default 120000, in milliseconds, per network namespace. Present in Linux 6.18, absent in
      6.12, where it is 120 s.

      Each RTO is twice the one before, up to this. A smaller value also shortens the times that
      tcp_retries2 and tcp_orphan_retries stand for, and by much.

      Danger of a small value: more re-sends into a network that is in trouble, and connections
      that end sooner than anyone reckoned.
    `),
    sysctls: ["net.ipv4.tcp_rto_max_ms", "net.ipv4.tcp_retries2", "net.ipv4.tcp_orphan_retries"],
    see: ["RTO", "tcp_retries2", "tcp_orphan_retries"],
    source: "net/ipv4/tcp_timer.c:tcp_model_timeout; RFC 6298",
  },
  {
    name: "tcp_syn_retries",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_syn_retries",
    oneLine: "How long connect() tries when nothing answers.",
    text: prose(`
      Default 6, per network namespace: 127 s, or 131 s where the first re-sends are linear.
      TCP_SYNCNT sets it for one socket.

      A RST ends the attempt at once, whatever this says.
    `),
    sysctls: ["net.ipv4.tcp_syn_retries", "net.ipv4.tcp_syn_linear_timeouts"],
    see: ["SYN_SENT", "refused", "RTO"],
    source: "net/ipv4/tcp_timer.c:tcp_write_timeout",
  },
  {
    name: "tcp_syn_linear_timeouts",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_syn_linear_timeouts",
    oneLine: "How many re-sends of a SYN come at an even pace before the pauses double.",
    text: prose(`
      Default 4, per network namespace. Present in Linux 6.12, absent in 6.1.

      With 4, SYNs go out at 0, 1, 2, 3, 4, 5, 7, 11 s and so on. More SYNs, but hardly a longer
      attempt: the time that tcp_syn_retries stands for ends it all the same.
    `),
    sysctls: ["net.ipv4.tcp_syn_linear_timeouts", "net.ipv4.tcp_syn_retries"],
    see: ["SYN_SENT", "tcp_syn_retries"],
    source: "net/ipv4/tcp_timer.c:tcp_retransmit_timer",
  },
  {
    name: "tcp_keepalive_time",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_keepalive_time",
    oneLine: "How long a connection is idle before the first keepalive probe.",
    text: prose(`
      Default 7200, in seconds, per network namespace; TCP_KEEPIDLE sets it for one socket.

      Only for sockets with SO_KEEPALIVE. While sent data is not acknowledged it is put off: then
      tcp_retries2 or TCP_USER_TIMEOUT decides.

      With 75 s and 9 probes it adds up to 2 h 11 min 15 s.
    `),
    folklore: [
      {
        claim: "Keepalive finds a dead peer in 2 h 11 min 15 s.",
        truth:
          "Only on an idle connection that asked for it. With data in flight tcp_retries2 or " +
          "TCP_USER_TIMEOUT ends the connection.",
      },
    ],
    sysctls: [
      "net.ipv4.tcp_keepalive_time",
      "net.ipv4.tcp_keepalive_intvl",
      "net.ipv4.tcp_keepalive_probes",
    ],
    see: ["keepalive", "TCP_USER_TIMEOUT", "CLOSE_WAIT"],
    source: "net/ipv4/tcp_timer.c:tcp_keepalive_timer; RFC 9293 3.8.4",
  },
  {
    name: "tcp_keepalive_intvl",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_keepalive_intvl",
    oneLine: "The time between two keepalive probes.",
    text: prose(`
      Default 75, in seconds, per network namespace; TCP_KEEPINTVL sets it for one socket. Only
      for sockets with SO_KEEPALIVE.
    `),
    sysctls: ["net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes"],
    see: ["keepalive", "tcp_keepalive_time"],
    source: "net/ipv4/tcp_timer.c:tcp_keepalive_timer",
  },
  {
    name: "tcp_keepalive_probes",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_keepalive_probes",
    oneLine: "How many keepalive probes may stay without an answer.",
    text: prose(`
      Default 9, per network namespace; TCP_KEEPCNT sets it for one socket. After the last one
      the kernel sends a RST and the application gets ETIMEDOUT. Only for sockets with
      SO_KEEPALIVE.
    `),
    sysctls: ["net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_intvl"],
    see: ["keepalive", "tcp_keepalive_time"],
    source: "net/ipv4/tcp_timer.c:tcp_keepalive_timer",
  },
];
