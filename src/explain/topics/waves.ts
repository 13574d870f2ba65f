/** Explains the four waves of a teardown and how the loss of each one shows. */
import { prose } from "../prose.ts";
import type { Topic } from "../topic.ts";

export const waves: readonly Topic[] = [
  {
    name: "wave 1",
    kind: "wave",
    title: "Wave 1: the FIN of the first closer",
    oneLine: "The first FIN: one side says that it has no more to send.",
    text: prose(`
      Sent by close(), shutdown(SHUT_WR) or the end of the process. The sender enters FIN_WAIT1.
      When it arrives in order, the receiver enters CLOSE_WAIT.

      The FIN takes its place after all data. If the peer's window is closed it cannot leave yet.

      If it is lost: the sender stays in FIN_WAIT1 and sends it again; the receiver stays
      ESTABLISHED and knows nothing. Seen from the sender alone, a lost wave 2 looks the same. If
      the peer never entered CLOSE_WAIT, it was wave 1.
    `),
    aliases: ["1", "w1", "first wave"],
    sysctls: ["net.ipv4.tcp_orphan_retries", "net.ipv4.tcp_retries2"],
    see: ["FIN_WAIT1", "wave 2", "lost-wave"],
    source: "net/ipv4/tcp_output.c:tcp_send_fin; RFC 9293 3.6",
  },
  {
    name: "wave 2",
    kind: "wave",
    title: "Wave 2: the ACK of the first FIN",
    oneLine: "The second closer's kernel confirms the first FIN.",
    text: prose(`
      Sent by the kernel of the passive side; no application is needed. The active side enters
      FIN_WAIT2 when it arrives.

      If the passive application closes before its kernel has sent the ACK, wave 2 travels in the
      same segment as wave 3.

      If it is lost: the active side sends its FIN again, and the passive side, already in
      CLOSE_WAIT, gets duplicates and answers them: its TCPDSACKOldSent rises.
    `),
    aliases: ["2", "w2", "second wave"],
    see: ["FIN_WAIT2", "CLOSE_WAIT", "wave 1", "lost-wave", "TCPDSACKOldSent"],
    source: "net/ipv4/tcp_input.c:tcp_fin; RFC 9293 3.6",
  },
  {
    name: "wave 3",
    kind: "wave",
    title: "Wave 3: the FIN of the second closer",
    oneLine: "The second FIN: the passive application has closed too.",
    text: prose(`
      Sent when the application of the passive side calls close() or shutdown(), or ends. Until
      then nothing is wrong on the wire: the passive side is in CLOSE_WAIT, the active side in
      FIN_WAIT2. A missing wave 3 is nearly always an application that does not close.

      The sender enters LAST_ACK. The active side enters TIME_WAIT when it arrives.

      If it is lost: the passive side stays in LAST_ACK and sends it again. The active side only
      sees that no FIN comes, which a slow application would look like too.
    `),
    folklore: [
      {
        claim: "ACK and FIN of the second closer cannot be merged: it takes four segments.",
        truth: "Three are common. If the application closes at once, one segment carries both.",
      },
    ],
    aliases: ["3", "w3", "third wave"],
    sysctls: ["net.ipv4.tcp_orphan_retries", "net.ipv4.tcp_retries2"],
    see: ["LAST_ACK", "CLOSE_WAIT", "wave 4", "lost-wave"],
    source: "net/ipv4/tcp_output.c:tcp_send_fin; RFC 9293 3.6",
  },
  {
    name: "wave 4",
    kind: "wave",
    title: "Wave 4: the ACK of the second FIN",
    oneLine: "The active side's kernel confirms the second FIN; TIME_WAIT begins.",
    text: prose(`
      Sent by the kernel of the active side, which begins TIME_WAIT in the same moment. The
      passive side goes from LAST_ACK to CLOSE when it arrives and is done.

      If it is lost: the passive side sends its FIN again, and the mini-socket in TIME_WAIT
      answers each one and starts its 60 s anew. Seen from the passive side alone, a lost wave 3
      looks the same. If the active side is in TIME_WAIT, it was wave 4.

      If the active side has forgotten the connection meanwhile, it answers with a RST. A
      passive application that has called close() does not notice.
    `),
    folklore: [
      {
        claim: "An ACK is never sent again.",
        truth: "No timer re-sends it, but every duplicate FIN is answered with a new one.",
      },
    ],
    aliases: ["4", "w4", "fourth wave"],
    see: ["TIME_WAIT", "LAST_ACK", "wave 3", "lost-wave"],
    source: "net/ipv4/tcp_minisocks.c:tcp_timewait_state_process; RFC 9293 3.6",
  },
];
