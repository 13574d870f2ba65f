/** Explains the words in which this program speaks. */
import { prose } from "../prose.ts";
import type { Topic } from "../topic.ts";

export const programWords: readonly Topic[] = [
  {
    name: "endpoint",
    kind: "word",
    title: "Endpoint",
    oneLine: "One side of a connection, as one kernel socket sees it.",
    text: prose(`
      It is known by the address of the kernel's socket, the network namespace and a generation,
      because socket addresses come back within milliseconds and four-tuples within seconds.

      Listening sockets are no endpoints.
    `),
    see: ["connection", "four-tuple"],
  },
  {
    name: "connection",
    kind: "word",
    title: "Connection",
    oneLine: "Two endpoints that are each other's peer.",
    text: prose(`
      Usually only one of them is on this host. On loopback and between containers both are
      visible, and then the program can tell exactly which wave was lost.
    `),
    see: ["endpoint", "lost-wave"],
  },
  {
    name: "teardown",
    kind: "word",
    title: "Teardown",
    oneLine: "From the first FIN or RST until the endpoint is gone, TIME_WAIT included.",
    text: prose(`
      The side that closes first: ESTABLISHED, FIN_WAIT1, FIN_WAIT2, TIME_WAIT, gone. The other
      side: ESTABLISHED, CLOSE_WAIT, LAST_ACK, gone. At the same time: FIN_WAIT1, CLOSING,
      TIME_WAIT on both.
    `),
    see: ["wave", "role", "verdict", "trigger"],
    source: "RFC 9293 3.6",
  },
  {
    name: "wave",
    kind: "word",
    title: "The four waves",
    oneLine: "FIN of the first closer, its ACK, FIN of the second closer, its ACK.",
    text: prose(`
      - wave 1: the first closer sends its FIN and is in FIN_WAIT1.
      - wave 2: the other kernel confirms. CLOSE_WAIT there, FIN_WAIT2 here.
      - wave 3: the other application closes too: its FIN, and LAST_ACK there.
      - wave 4: the first closer confirms. TIME_WAIT here, gone there.

      Waves 1 and 3 need an application that closes. Waves 2 and 4 are the kernels' own work.
      Waves 2 and 3 often share one segment.
    `),
    aliases: ["waves", "four waves", "four-way close"],
    see: ["wave 1", "wave 2", "wave 3", "wave 4", "lost-wave"],
    source: "RFC 9293 3.6",
  },
  {
    name: "lost-wave",
    kind: "word",
    title: "Which wave was lost?",
    oneLine: "One host alone cannot tell 1 from 2 nor 3 from 4; with both ends it is certain.",
    text: prose(`
      - Wave 1 lost: FIN_WAIT1 with re-sends on one side, the other still ESTABLISHED.
      - Wave 2 lost: FIN_WAIT1 with re-sends, the other in CLOSE_WAIT with TCPDSACKOldSent rising.
      - Wave 3 lost: LAST_ACK with re-sends, the other still in FIN_WAIT2.
      - Wave 4 lost: LAST_ACK with re-sends, the other in TIME_WAIT, which begins anew each time.

      The side that re-sends sees the same in both cases of a pair. So a single host prints the
      pair, "1 or 2" or "3 or 4", and only two visible ends give one number.
    `),
    aliases: ["lostWave", "1 or 2", "3 or 4", "lost wave"],
    see: ["wave 1", "wave 2", "wave 3", "wave 4", "TCPDSACKOldSent", "evidence"],
  },
  {
    name: "role",
    kind: "word",
    title: "Role",
    oneLine: "Who closed first: active, passive, simultaneous or none.",
    text: prose(`
      It goes by the first FIN. It has nothing to do with client and server.
    `),
    see: ["active", "passive", "simultaneous", "none"],
  },
  {
    name: "trigger",
    kind: "word",
    title: "Trigger",
    oneLine: "How this endpoint's own side was closed, and by what.",
    text: prose(`
      close, shutdown, exit, linger or unread-data. Empty while the own side is open, and where a
      RST from outside or a time limit ended it first.
    `),
    see: ["close", "shutdown", "exit", "linger", "unread-data"],
  },
  {
    name: "verdict",
    kind: "word",
    title: "Verdict",
    oneLine: "How the teardown ended.",
    text: prose(`
      graceful, reset-sent, reset-received, timed-out, refused, killed, unfinished or unknown.
      Each endpoint has its own: what was graceful here may have been a reset there.
    `),
    see: ["graceful", "reset-sent", "reset-received", "timed-out", "refused", "unfinished"],
  },
  {
    name: "phase",
    kind: "word",
    title: "Phase",
    oneLine: "A stay in one state: since when, until when, and how we know.",
    text: prose(`
      Phases are all the states an endpoint was seen in, in order, those of its mini-socket
      included. The kernel announces no state of a mini-socket, so those are inferred or come
      from a snapshot.
    `),
    aliases: ["phases"],
    see: ["evidence", "mini-socket"],
  },
  {
    name: "owner",
    kind: "word",
    title: "Owner",
    oneLine: "The process that holds the descriptor, never the task that was on the CPU.",
    text: prose(`
      Most state changes happen while some other program runs: at an entry to CLOSE_WAIT on
      loopback, the task on the CPU is usually the peer. So the name in such an event is
      believed only where the process itself held the socket.

      Sources: connect, accept, close (each the process that made the call), fd-scan (its open
      files), listener (not accepted yet). After fork several processes can hold one socket;
      holders lists them all, and the one that was seen to read or write is the owner: only likely
      (fd-scan too) until its open files have been read. An orphan has no owner any more; the last
      one is shown.
    `),
    aliases: ["holders", "holder"],
    see: ["orphan", "accept-queue", "evidence"],
  },
  {
    name: "evidence",
    kind: "word",
    title: "Evidence",
    oneLine: "How a claim is known: observed, snapshot or inferred.",
    text: prose(`
      - observed: an event of the kernel said so.
      - snapshot: the kernel's table of sockets said so. Between two snapshots anything may have
      happened.
      - inferred: a rule says so, from what was observed. TIME_WAIT often is, because the kernel
      never announces it.
    `),
    aliases: ["observed", "snapshot", "inferred"],
    see: ["TIME_WAIT", "mini-socket", "gap"],
  },
  {
    name: "gap",
    kind: "word",
    title: "Gap",
    oneLine: "Events that we know we missed: when, how many, who was alive then.",
    text: prose(`
      An endpoint that lived through a gap is marked as incomplete, and where the gap hides the
      end, the verdict is unknown.
    `),
    see: ["ledger", "unknown", "incomplete-trace"],
  },
  {
    name: "ledger",
    kind: "word",
    title: "Ledger",
    oneLine: "The account of all events: counted = received + lost + unparsed.",
    text: prose(`
      - counted: what the kernel's own counters say was sent.
      - received: what arrived and could be read.
      - lost: missing by the sequence numbers of each CPU, an account of its own.
      - unparsed: lines that could not be read.
      - balanced: the two accounts agree.
      - skipped: probe runs that the kernel left out, because another program ran on that CPU.
      - evicted: endpoints forgotten for want of room.

      A report with an unbalanced ledger is incomplete, and says so.
    `),
    aliases: ["counted", "received", "lost", "unparsed", "balanced", "skipped", "evicted"],
    see: ["gap", "incomplete-trace", "detail"],
  },
  {
    name: "detail",
    kind: "word",
    title: "Detail",
    oneLine: "How much is recorded for each connection: transitions, summary or aggregate.",
    text: prose(`
      transitions records every change of state, summary one record when a socket is done or
      lasts, from which the same changes are told a little later; aggregate
      counts in the kernel what ended well within half a second and without a re-send, and tells
      one in 1,000 of it and all else as summary does. What costs is handing records over.
      auto, the default, begins with transitions and moves to summary above 4,000 changes a second,
      or above 1,000 when bpftrace takes 30 % of a CPU for them, both for two seconds, or when a
      record is lost, or at once when 4,000 come within a quarter of a second; from there to
      aggregate above 32,000, for two seconds, unless a filter or stream wants each connection told;
      back after ten seconds below 8,000, and below 1,000. A recording's header says which it began
      with, and its detail events each move and why.
    `),
    aliases: ["transitions", "summary", "aggregate", "auto"],
    see: ["ledger", "incomplete-trace"],
  },
];
