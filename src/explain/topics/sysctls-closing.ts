/** Explains the sysctls that govern the end of a connection. */
import { prose } from "../prose.ts";
import type { Topic } from "../topic.ts";

export const closingSysctls: readonly Topic[] = [
  {
    name: "tcp_fin_timeout",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_fin_timeout",
    oneLine: "How long an orphan waits in FIN_WAIT2. It never touches TIME_WAIT.",
    text: prose(`
      Default 60, in seconds, per network namespace.

      It counts from the moment our FIN is acknowledged, and only after close(). A socket that a
      process still holds is not limited. TCP_LINGER2 overrides it for one socket.

      Measured lives: 2 gives 2.1 s, 30 gives 30.3 s, 65 gives 10.4 s, 90 gives 60.9 s, 120
      gives 122 s. Above 60 the life is 2*(T-60), the first half of it as a full socket.

      Danger of a small value: a peer that closes later than this gets a RST for its FIN.
    `),
    folklore: [
      {
        claim: "Lower tcp_fin_timeout (or set tcp_syncookies) to get rid of TIME_WAIT.",
        truth: "Neither touches TIME_WAIT. It is 60 s, whatever this sysctl says.",
      },
    ],
    sysctls: ["net.ipv4.tcp_fin_timeout"],
    see: ["FIN_WAIT2", "mini-socket", "orphan", "TIME_WAIT"],
    source: "net/ipv4/tcp_input.c:tcp_rcv_state_process; include/net/tcp.h:tcp_fin_time",
  },
  {
    name: "tcp_max_tw_buckets",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_max_tw_buckets",
    oneLine: "How many mini-sockets there may be, in TIME_WAIT and FIN_WAIT2 together.",
    text: prose(`
      Per network namespace; the default depends on memory.

      When it is full, the next connection that should get a mini-socket gets none and is
      forgotten at once. TCPTimeWaitOverflow rises; nothing else tells.

      Danger of a small value: a lost wave 4 is never repeated, a late FIN gets a RST, and late
      segments may meet a new connection. One entry costs 256 bytes, so room is cheap.
    `),
    folklore: [
      {
        claim: "When it is full, all TIME_WAIT sockets (or the later ones) are reset and logged.",
        truth: "Only the new one is not made. The others stay; no RST, no log line.",
      },
    ],
    sysctls: ["net.ipv4.tcp_max_tw_buckets"],
    see: ["mini-socket", "TIME_WAIT", "TCPTimeWaitOverflow", "time-wait-pressure"],
    source: "net/ipv4/inet_timewait_sock.c:inet_twsk_alloc",
  },
  {
    name: "tcp_tw_reuse",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_tw_reuse",
    oneLine: "Whether connect() may take over a four-tuple in TIME_WAIT.",
    text: prose(`
      0 never, 1 everywhere, 2 on loopback only. Default 2 today, per network
      namespace.

      Only for connect(), only for the very same four-tuple, only if both sides used TCP
      timestamps, and only after 1 s (tcp_tw_reuse_delay, where it exists). A mini-socket in
      FIN_WAIT2 is never taken over. TWRecycled counts.

      It does nothing for a server: there a new SYN of the same four-tuple reopens the entry
      anyway. A connect() from a port chosen with bind() ignores it.

      Danger: a path or peer that breaks timestamps may see segments of the old connection.
    `),
    folklore: [
      {
        claim: "It takes any TIME_WAIT socket older than 1 s, and its default is 0.",
        truth: "The one with the same four-tuple, with timestamps; the default is 2, loopback.",
      },
    ],
    sysctls: ["net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_tw_reuse_delay", "net.ipv4.tcp_timestamps"],
    see: ["TIME_WAIT", "four-tuple", "TWRecycled", "tcp_tw_recycle"],
    source: "net/ipv4/tcp_ipv4.c:tcp_twsk_unique; RFC 6191",
  },
  {
    name: "tcp_tw_reuse_delay",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_tw_reuse_delay",
    oneLine: "How old a TIME_WAIT must be before connect() may take it over.",
    text: prose(`
      Default 1000, in milliseconds. Present in Linux 6.18, absent in 6.12, where it is 1 s.

      It matters only where tcp_tw_reuse allows the takeover at all.
    `),
    sysctls: ["net.ipv4.tcp_tw_reuse_delay", "net.ipv4.tcp_tw_reuse"],
    see: ["tcp_tw_reuse", "TIME_WAIT"],
    source: "net/ipv4/tcp_ipv4.c:tcp_twsk_unique",
  },
  {
    name: "tcp_tw_recycle",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_tw_recycle (removed)",
    oneLine: "Gone since Linux 4.12. It broke clients behind one address.",
    text: prose(`
      It shortened TIME_WAIT by timestamps remembered for each remote address. Clients that share
      an address, behind NAT, have different clocks, and their SYNs were dropped at random.

      If a text tells you to set it, the text is older than your kernel.
    `),
    folklore: [
      {
        claim: "Set tcp_tw_recycle to 1.",
        truth: "It was removed in Linux 4.12, and was harmful where it existed.",
      },
    ],
    sysctls: ["net.ipv4.tcp_tw_recycle"],
    see: ["tcp_tw_reuse", "TIME_WAIT", "TWRecycled"],
    source: "removed from net/ipv4/sysctl_net_ipv4.c in Linux 4.12",
  },
  {
    name: "tcp_rfc1337",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_rfc1337",
    oneLine: "Whether a RST may end a TIME_WAIT.",
    text: prose(`
      0: a RST ends TIME_WAIT at once and silently. 1: it is ignored. Default 0, per network
      namespace.

      A mini-socket in FIN_WAIT2 is not protected by it.
    `),
    sysctls: ["net.ipv4.tcp_rfc1337"],
    see: ["TIME_WAIT", "RST"],
    source: "net/ipv4/tcp_minisocks.c:tcp_timewait_state_process; RFC 1337",
  },
  {
    name: "tcp_orphan_retries",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_orphan_retries",
    oneLine: "How long an orphan's data and FIN are re-sent.",
    text: prose(`
      Default 0, which means 8. Per network namespace. For orphans in FIN_WAIT1, CLOSING and
      LAST_ACK, and for their probes of a closed window. While a process holds the socket,
      tcp_retries2 decides.

      It is not a number of re-sends. N stands for a time, ((2<<N)-1) * 200 ms from the first RTO
      re-send, and the orphan ends at the first RTO after it. N=8: 102.2 s, measured 106.4 s with
      8 RTO re-sends and one tail loss probe. N=1: 0.6 s, measured 1.67 s.

      The default ends at once when the RTO has reached tcp_rto_max_ms; with that at 1000 the
      orphan was gone after 2.7 s.

      Danger of a small value: data that was still on its way is thrown away, and the application
      has closed and never learns of it.
    `),
    sysctls: ["net.ipv4.tcp_orphan_retries", "net.ipv4.tcp_rto_max_ms"],
    see: ["orphan", "FIN_WAIT1", "LAST_ACK", "RTO", "tcp_retries2"],
    source: "net/ipv4/tcp_timer.c:tcp_orphan_retries, tcp_model_timeout",
  },
  {
    name: "tcp_max_orphans",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_max_orphans",
    oneLine: "How many full sockets may live without a process, on the whole host.",
    text: prose(`
      Global; the default depends on memory. Mini-sockets do not count.

      At close() the number of orphans is compared with it. At a re-send the kernel compares a
      number up to four times as high, so it may bite at a quarter. Above it orphans are ended
      with a RST, and TCPAbortOnMemory rises.

      Danger of a big value: the kernel's own documentation reckons up to 64 KiB for each
      orphan, of memory that cannot be swapped.
    `),
    sysctls: ["net.ipv4.tcp_max_orphans"],
    see: ["orphan", "orphan-pressure", "sockstat", "TCPAbortOnMemory"],
    source: "net/ipv4/tcp.c:tcp_check_oom; net/ipv4/tcp_timer.c:tcp_out_of_resources",
  },
  {
    name: "tcp_mem",
    kind: "sysctl",
    title: "Sysctl net.ipv4.tcp_mem",
    oneLine: "Three limits for the memory of all TCP sockets, in pages.",
    text: prose(`
      Global; the default depends on memory. Below the first number the kernel does not care,
      above the second it saves, at the third it hands out no more and ends orphans with a RST.

      The kernel log then says "out of memory -- consider tuning tcp_mem". Compare with mem in
      sockstat, which is in pages too.
    `),
    sysctls: ["net.ipv4.tcp_mem"],
    see: ["orphan-pressure", "sockstat", "TCPAbortOnMemory"],
    source: "net/ipv4/tcp.c:tcp_check_oom",
  },
];
