/** Explains the sysctls about ports and about the opening of connections. */
import { prose } from "../prose.ts";
import type { Topic } from "../topic.ts";

export const openingSysctls: readonly Topic[] = [
  {
    name: "ip_local_port_range",
    kind: "sysctl",
    title: "Sysctl net.ipv4.ip_local_port_range",
    oneLine: "The ports that connect() may choose from.",
    text: prose(`
      Default 32768 to 60999: 28232 ports. Per network namespace.

      The limit holds for each pair of local address and destination (address and port), not for
      the host as a whole. If this side closes first, a port comes back after 60 s.

      Danger of a wide range: it may swallow ports that your own servers listen on. Keep those in
      ip_local_reserved_ports.
    `),
    folklore: [
      {
        claim: "The ports are 32768 to 61000.",
        truth: "32768 to 60999, unless this sysctl says otherwise.",
      },
    ],
    sysctls: ["net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports"],
    see: ["port-exhaustion", "four-tuple", "time-wait-pressure"],
    source: "net/ipv4/inet_hashtables.c:__inet_hash_connect; RFC 6056",
  },
  {
    name: "ip_local_reserved_ports",
    kind: "sysctl",
    title: "Sysctl net.ipv4.ip_local_reserved_ports",
    oneLine: "Ports that connect() and bind() to port 0 skip.",
    text: prose(`
      Empty by default; a list like 8080,9000-9010. Per network namespace. A bind() that names
      such a port still gets it.

      Each reserved port within ip_local_port_range is one less for outgoing connections.
    `),
    sysctls: ["net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_local_port_range"],
    see: ["ip_local_port_range", "port-exhaustion"],
    source: "net/ipv4/inet_hashtables.c:__inet_hash_connect",
  },
  {
    name: "tcp_abort_on_overflow",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_abort_on_overflow",
    oneLine: "What happens at the last step of a handshake when the accept queue is full.",
    text: prose(`
      0: the ACK is dropped. The client believes it is connected, the server sends its SYN-ACK
      again, and a late place in the queue saves the connection. 1: the client gets a RST.
      Default 0, per network namespace.

      When the queue is full already at the SYN, that SYN is dropped either way.

      Danger of 1: a short burst becomes errors at the clients.
    `),
    sysctls: ["net.ipv4.tcp_abort_on_overflow", "net.core.somaxconn"],
    see: ["accept-queue", "ListenOverflows", "refused"],
    source: "net/ipv4/tcp_minisocks.c:tcp_check_req",
  },
  {
    name: "somaxconn",
    kind: "sysctl",
    title: "Sysctl net.core.somaxconn",
    oneLine: "The longest accept queue that listen() may ask for.",
    text: prose(`
      Default 4096 (128 before Linux 5.4), per network namespace. listen() cuts its backlog to it, so a changed value
      counts only after the program calls listen() again.

      A longer queue hides a process that does not accept; it does not make it faster.
      Connections in the queue can already be CLOSE_WAIT when they are accepted.
    `),
    sysctls: ["net.core.somaxconn"],
    see: ["accept-queue", "ListenOverflows"],
    source: "net/socket.c:__sys_listen",
  },
  {
    name: "tcp_syncookies",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_syncookies",
    oneLine: "Answers a flood of SYNs without memory for each. Nothing to do with TIME_WAIT.",
    text: prose(`
      0 off, 1 when the queue of half-open connections is full, 2 always (for tests). Default 1,
      per network namespace.
    `),
    folklore: [
      {
        claim: "tcp_syncookies=1 cures TIME_WAIT.",
        truth: "It is about SYN floods, and 1 is the default anyway.",
      },
    ],
    sysctls: ["net.ipv4.tcp_syncookies"],
    see: ["SYN_RECV", "TIME_WAIT"],
    source: "net/ipv4/tcp_input.c:tcp_conn_request; RFC 4987",
  },
  {
    name: "tcp_timestamps",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_timestamps",
    oneLine: "Whether connections carry timestamps, which tcp_tw_reuse needs.",
    text: prose(`
      0 off, 1 on with a random start for each connection, 2 on without. Default 1, per network
      namespace. Both sides must want them.
    `),
    sysctls: ["net.ipv4.tcp_timestamps", "net.ipv4.tcp_tw_reuse"],
    see: ["tcp_tw_reuse"],
    source: "net/ipv4/tcp_input.c:tcp_parse_options; RFC 7323",
  },
];
