/** Explains the findings about limits, resets and what the trace itself has lost. */
import { prose } from "../prose.ts";
import type { Topic } from "../topic.ts";

export const pressureFindings: readonly Topic[] = [
  {
    name: "time-wait-pressure",
    kind: "finding",
    title: "Finding time-wait-pressure",
    oneLine: "Mini-sockets take 60 % of the ports to one destination or of tcp_max_tw_buckets.",
    text: prose(`
      What it means: this side closes first, often, and each close blocks one local port towards
      one destination for 60 s. Or the table of mini-sockets fills up.

      How to tell the causes apart:

      - One destination and many local ports: outgoing connections without reuse, a pool that is
      too small or switched off.
      - Many different peers and one local port: a server that closes first. Its ports are not at
      risk; only the table's limit is.
      - TCPTimeWaitOverflow rises: the table is full, and new entries are not made at all.

      What to do: reuse connections, or let the other side close first. Then more local ports,
      or tcp_tw_reuse.

      What does not help: tcp_fin_timeout (it is about FIN_WAIT2), tcp_syncookies,
      tcp_tw_recycle (removed from Linux), a smaller tcp_max_tw_buckets.

      Fires at 60 % of the ports towards one destination or of tcp_max_tw_buckets; --threshold
      time-wait-pressure=VALUE changes that.
    `),
    sysctls: [
      "net.ipv4.ip_local_port_range",
      "net.ipv4.tcp_tw_reuse",
      "net.ipv4.tcp_tw_reuse_delay",
      "net.ipv4.tcp_max_tw_buckets",
    ],
    see: ["TIME_WAIT", "port-exhaustion", "four-tuple", "TCPTimeWaitOverflow"],
    source: "net/ipv4/inet_hashtables.c:__inet_hash_connect",
  },
  {
    name: "port-exhaustion",
    kind: "finding",
    title: "Finding port-exhaustion",
    oneLine: "A connect() found no free local port, or will not within 60 s.",
    text: prose(`
      What it means: every local port towards one destination is in use. The application got
      EADDRNOTAVAIL. In the trace: SYN_SENT and CLOSE within 100 microseconds, local port 0.

      How to tell the causes apart: look at the states of the connections to that destination.

      - TIME_WAIT: many short connections that this side closes.
      - FIN_WAIT2 mini-sockets: the peer does not close; they block ports as well.
      - ESTABLISHED: a pool without a limit, or a leak.
      - CLOSE_WAIT: this side does not close.
      - Programs that call bind() before connect() take the port for all destinations;
      IP_BIND_ADDRESS_NO_PORT avoids that.

      What to do: keep and reuse connections; more destination or source addresses; then the
      port range and tcp_tw_reuse.

      Fires when a connect() failed for want of a port, or will within 60 s; --threshold
      port-exhaustion=VALUE changes that.
    `),
    sysctls: [
      "net.ipv4.ip_local_port_range",
      "net.ipv4.ip_local_reserved_ports",
      "net.ipv4.tcp_tw_reuse",
    ],
    see: ["four-tuple", "time-wait-pressure", "SYN_SENT", "ip_local_port_range"],
    source: "net/ipv4/inet_hashtables.c:__inet_hash_connect; RFC 6056",
  },
  {
    name: "reset-teardown",
    kind: "finding",
    title: "Finding reset-teardown",
    oneLine: "Five connections between the same addresses ended by RST for one cause in a minute.",
    text: prose(`
      What it means: a habit, not an accident. RSTs lose data and give the other application an
      error in place of the end of the stream.

      How to tell the causes apart:

      - Sent here, unread data: the application closes before it has read everything.
      - Sent here, linger 0: someone set SO_LINGER, often to avoid TIME_WAIT.
      - Sent here, data after close: the peer still sends when this side has closed.
      - Sent here, nobody accepted: the listener was closed with a full queue, at a restart.
      - Received: the peer's application, its kernel, or a device on the way. An idle time just
      above a round number of minutes points to a firewall or load balancer.

      What to do: shutdown(SHUT_WR), read until the end, close(). No sysctl prevents a RST of
      these kinds.

      Fires at 5 in a minute; --threshold reset-teardown=VALUE changes that.
    `),
    see: ["RST", "unread-data", "linger", "reset-sent", "reset-received"],
    source: "net/ipv4/tcp.c:__tcp_close; RFC 9293 3.5.2",
  },
  {
    name: "orphan-pressure",
    kind: "finding",
    title: "Finding orphan-pressure",
    oneLine: "Orphans are at 50 % of tcp_max_orphans, or TCP memory at 50 % of tcp_mem.",
    text: prose(`
      What it means: many closed connections still have data or a FIN that nobody confirms. Above
      the limit the kernel ends orphans with a RST and what they had to send is lost.

      The limit bites early: at a re-send the kernel counts an orphan up to four times, so a
      quarter of tcp_max_orphans can be enough.

      How to tell the causes apart:

      - Orphans in FIN_WAIT1 or LAST_ACK with re-sends: peers that are gone, or loss.
      - In FIN_WAIT1 without re-sends: peers that do not read.
      - In FIN_WAIT2 as full sockets: tcp_fin_timeout is above 60.
      - Memory high, few orphans: big buffers of connections in use.

      The limits are global, for all network namespaces together. Mini-sockets do not count. The
      kernel log says "too many orphaned sockets" or "out of memory -- consider tuning tcp_mem".

      What to do: find the peers. A shorter tcp_orphan_retries frees memory sooner, a bigger
      tcp_max_orphans buys room.

      Fires at 50 % of tcp_max_orphans or of tcp_mem; --threshold orphan-pressure=VALUE changes
      that.
    `),
    sysctls: [
      "net.ipv4.tcp_max_orphans",
      "net.ipv4.tcp_mem",
      "net.ipv4.tcp_orphan_retries",
      "net.ipv4.tcp_fin_timeout",
    ],
    see: ["orphan", "sockstat", "TCPAbortOnMemory", "FIN_WAIT1"],
    source: "net/ipv4/tcp.c:tcp_check_oom; net/ipv4/tcp_timer.c:tcp_out_of_resources",
  },
  {
    name: "descriptor-exhaustion",
    kind: "finding",
    title: "Finding descriptor-exhaustion",
    oneLine: "A process with stuck CLOSE_WAIT is at 80 % of its descriptor limit.",
    text: prose(`
      What it means: the leak of stuck-close-wait is about to stop the process. At the limit
      accept(), open() and socket() fail with EMFILE, and a server that does not handle that
      may spin or hang.

      How to tell the causes apart: as for stuck-close-wait. Note the growth: descriptors per
      minute tell how long is left.

      What to do: restart the owner before it stops by itself, then fix the close. A higher limit
      (RLIMIT_NOFILE, LimitNOFILE of the unit) buys time and cures nothing. ss -K does not help:
      the descriptors stay open.

      Fires at 80 % of the descriptor limit; --threshold descriptor-exhaustion=VALUE changes that.
    `),
    see: ["stuck-close-wait", "CLOSE_WAIT", "owner"],
    source: "fs/file.c:alloc_fd",
  },
  {
    name: "incomplete-trace",
    kind: "finding",
    title: "Finding incomplete-trace",
    oneLine: "Events are missing; the ledger says how many, where anybody can know.",
    text: prose(`
      What it means: between the kernel and the recording something was lost, skipped or could
      not be read. Connections that lived then are marked, and their verdict may be unknown.
      Counts are too low by what the ledger names.

      How to tell the causes apart:

      - lost: the buffers between kernel and user space ran over. Too many events per second.
      - skipped: the kernel left probe runs out, because another program ran on that CPU.
      - unparsed: lines that could not be read, for instance from a damaged file.
      - evicted: more endpoints than there is room for.
      - restart, hung: bpftrace was gone or gave no answer, or no recorder ran. Nobody counted then,
        so the ledger balances over it; how long it was stands in the summary.
      - disk: the recording could not be written.
      - damaged: a part of the recording cannot be read, or a file of a series is missing.

      What to do: trace less per event (--detail summary or aggregate) or fewer connections
      (--port, --cidr, --netns), and look whether other tracers run at the same time.
    `),
    see: ["ledger", "gap", "unknown", "detail"],
  },
];
