/** Explains the states of the side that closes first, TIME_WAIT included. */
import { prose } from "../prose.ts";
import type { Topic } from "../topic.ts";

export const activeStates: readonly Topic[] = [
  {
    name: "FIN_WAIT1",
    kind: "state",
    title: "State FIN_WAIT1",
    oneLine: "We closed first; our FIN is not acknowledged yet.",
    text: prose(`
      Waits for: the ACK of our FIN. All data before the FIN must be acknowledged first.

      Ended by: that ACK (then FIN_WAIT2), the peer's FIN crossing ours (then CLOSING), a RST,
      data that comes in after close() (we answer with a RST), or the kernel giving up.

      Lasts: one round trip, if all is well. Else it is a question of time, not of a number of
      re-sends, and of who holds the socket:

      - An orphan, after close(): tcp_orphan_retries. Its default 0 means 8, a budget of 102.2 s;
      measured 106 s on a fast network, on a slow one up to about 205 s.
      - Held by a process, after shutdown(): tcp_retries2. Its default 15 means 924.6 s or more.
      A later close() makes it an orphan, with the orphan's limit.

      No re-sends at all? Then the FIN has not left: it stands behind the peer's closed window
      (ss prints timer:(persist,...)), or a filter on this host drops it on its way out.

      ss shows: FIN-WAIT-1, timer:(on,...,n) with the number of RTO re-sends. The first re-send,
      the tail loss probe, is not in that number.

      Costs: a full socket with all its unacknowledged data.
    `),
    folklore: [
      {
        claim: "The FIN is re-sent tcp_orphan_retries times, 8 times, for all of FIN_WAIT1.",
        truth:
          "Only orphans follow tcp_orphan_retries, and it is a time: 106 s by default. While a " +
          "process holds the socket, tcp_retries2 decides.",
      },
      {
        claim: "If FIN and ACK come in one segment, FIN_WAIT2 is skipped.",
        truth: "The kernel passes through FIN_WAIT2 and announces both changes from one packet.",
      },
      {
        claim: "FIN_WAIT1 and FIN_WAIT2 both wait for the peer's FIN.",
        truth: "FIN_WAIT1 waits for the ACK of its own FIN. Only FIN_WAIT2 waits for the peer's.",
      },
    ],
    aliases: ["FIN-WAIT-1", "F1"],
    sysctls: [
      "net.ipv4.tcp_orphan_retries",
      "net.ipv4.tcp_retries2",
      "net.ipv4.tcp_rto_max_ms",
      "net.ipv4.tcp_max_orphans",
    ],
    see: ["wave 1", "wave 2", "orphan", "RTO", "TLP", "stuck-fin-wait1", "zero-window"],
    source: "net/ipv4/tcp_timer.c:tcp_write_timeout; RFC 9293 3.6",
  },
  {
    name: "FIN_WAIT2",
    kind: "state",
    title: "State FIN_WAIT2",
    oneLine: "Our FIN is acknowledged; we wait for the peer to close its side.",
    text: prose(`
      Waits for: the peer's FIN. The peer is in CLOSE_WAIT: its application has the next move.

      Ended by: the peer's FIN (then TIME_WAIT), a RST, data after close() (we answer with a
      RST), or the time limit of an orphan.

      Lasts: while a process holds the descriptor, after shutdown(), without any limit. After
      close() the limit is tcp_fin_timeout, and that is odd above 60:

      - up to 60, the full socket is replaced within microseconds by a mini-socket that waits
      that many seconds;
      - above 60, a full orphan waits the part beyond 60 s, then a mini-socket waits the same
      part again: 65 gives 10 s, 90 gives 60 s.
      - TCP_LINGER2 sets it for one socket; below 0 it sends a RST instead of waiting.

      When the time is up the kernel forgets the connection without a word: no RST, no event. A
      FIN that comes later is answered with a RST, and the peer sees "connection reset".

      The state change FIN_WAIT2 to CLOSE right after close() is therefore not the end. It is the
      hand-over to the mini-socket.

      ss shows: FIN-WAIT-2; timer:(timewait,...) is a mini-socket, no timer a held one.

      Costs: a mini-socket takes 256 bytes, no descriptor, and counts against
      tcp_max_tw_buckets. It blocks its four-tuple: where the kernel chooses the port,
      connect() never takes it over.
    `),
    folklore: [
      {
        claim: "FIN_WAIT2 lasts at most 60 s, then the connection closes.",
        truth:
          "Only for orphans, and above 60 the limit is 2*(T-60) s. With the descriptor held " +
          "there is no limit. The end is silent, and a late FIN gets a RST.",
      },
    ],
    aliases: ["FIN-WAIT-2", "F2"],
    sysctls: ["net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_max_tw_buckets"],
    see: ["mini-socket", "wave 3", "CLOSE_WAIT", "half-close", "stuck-fin-wait2"],
    source: "net/ipv4/tcp_input.c:tcp_rcv_state_process; net/ipv4/tcp_timer.c:tcp_keepalive_timer",
  },
  {
    name: "CLOSING",
    kind: "state",
    title: "State CLOSING",
    oneLine: "Both sides sent a FIN at the same time; ours is not acknowledged yet.",
    text: prose(`
      Waits for: the ACK of our FIN. The peer's FIN is already here.

      Ended by: that ACK (then TIME_WAIT, on both ends), a RST, or the kernel giving up.

      Lasts: one round trip; without an ACK as long as FIN_WAIT1 would: tcp_orphan_retries for an
      orphan, tcp_retries2 while a process holds the socket.

      It is rare. A FIN and ACK in one segment do not lead here, they lead from FIN_WAIT1 through
      FIN_WAIT2.

      ss shows: CLOSING.
    `),
    sysctls: ["net.ipv4.tcp_orphan_retries", "net.ipv4.tcp_retries2"],
    see: ["simultaneous", "TIME_WAIT", "FIN_WAIT1"],
    source: "net/ipv4/tcp_input.c:tcp_fin; RFC 9293 3.6",
  },
  {
    name: "TIME_WAIT",
    kind: "state",
    title: "State TIME_WAIT",
    oneLine: "All four waves are done; a mini-socket keeps the four-tuple for 60 s.",
    text: prose(`
      Waits for: time. It answers FINs that are sent again, because wave 4 was lost, and keeps
      late segments of the old connection out of a new one.

      Ended by: 60 s of silence. Sooner: a new connection of the same four-tuple, a RST (unless
      tcp_rfc1337 is 1), or the end of its network namespace. No close() and no exit() ends it.

      Lasts: always 60 s, a constant of the kernel. Each segment with an ACK that still arrives,
      so each FIN sent again, starts the 60 s anew. No sysctl changes the length.

      No state event tells of it: the kernel copies the socket into a mini-socket and announces
      CLOSE. What this program says of TIME_WAIT is marked as inferred or as a snapshot, except
      where a segment that the mini-socket took was seen.

      ss shows: TIME-WAIT, timer:(timewait,...), no process.

      Costs: 256 bytes and one four-tuple. No descriptor, no process, no thread.

      When it hurts: many short outgoing connections to one address and port. Each blocks one
      local port towards that destination for 60 s.
    `),
    folklore: [
      {
        claim: "TIME_WAIT lasts 1 to 4 minutes, depending on the MSL.",
        truth: "60 s, a constant that is not derived from any MSL. Late segments start it anew.",
      },
      {
        claim: "Only the client, or the initiator of the connection, gets TIME_WAIT.",
        truth: "The side that closes first gets it; both sides do if they close at once.",
      },
      {
        claim: "TIME_WAIT costs descriptors, CPU and threads.",
        truth: "256 bytes and a four-tuple. A full socket is about 2368 bytes.",
      },
      {
        claim: "TIME_WAIT on a server uses up its ports and clients are refused.",
        truth:
          "A listening port is not used up, and a new SYN of the same four-tuple reopens the " +
          "entry. It limits outgoing connections to one destination.",
      },
    ],
    aliases: ["TIMEWAIT"],
    sysctls: [
      "net.ipv4.tcp_max_tw_buckets",
      "net.ipv4.tcp_tw_reuse",
      "net.ipv4.tcp_tw_reuse_delay",
      "net.ipv4.tcp_rfc1337",
    ],
    see: ["mini-socket", "wave 4", "2MSL", "time-wait-pressure", "TW", "SO_REUSEADDR"],
    source: "net/ipv4/tcp_minisocks.c:tcp_timewait_state_process; RFC 9293 3.6",
  },
];
