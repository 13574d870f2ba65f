/** Explains the roles: who sent the first FIN. */
import { prose } from "../prose.ts";
import type { Topic } from "../topic.ts";

export const roles: readonly Topic[] = [
  {
    name: "active",
    kind: "role",
    title: "Role active",
    oneLine: "This endpoint sent the first FIN.",
    text: prose(`
      Its way: FIN_WAIT1, FIN_WAIT2, TIME_WAIT. It pays for the close with the 60 s of TIME_WAIT.

      Client or server does not matter. Whoever closes first is active.
    `),
    folklore: [
      {
        claim: "With HTTP the server always closes first.",
        truth: "Either side may. Look at who sent the first FIN; that is what the role says.",
      },
    ],
    aliases: ["active close", "active closer"],
    see: ["passive", "simultaneous", "wave 1", "TIME_WAIT"],
    source: "net/ipv4/tcp.c:tcp_close_state; RFC 9293 3.6",
  },
  {
    name: "passive",
    kind: "role",
    title: "Role passive",
    oneLine: "This endpoint received the first FIN.",
    text: prose(`
      Its way: CLOSE_WAIT, LAST_ACK, CLOSE. It has no TIME_WAIT.

      How long CLOSE_WAIT lasts is up to the application here. That is where leaks show.
    `),
    aliases: ["passive close", "passive closer"],
    see: ["active", "CLOSE_WAIT", "LAST_ACK"],
    source: "net/ipv4/tcp_input.c:tcp_fin; RFC 9293 3.6",
  },
  {
    name: "simultaneous",
    kind: "role",
    title: "Role simultaneous",
    oneLine: "Both sides sent their FIN before the other's arrived.",
    text: prose(`
      Both ways: FIN_WAIT1, CLOSING, TIME_WAIT. Both ends keep TIME_WAIT.

      It happens when both applications end a connection on the same occasion, for instance on
      the same time limit. It is harmless.
    `),
    aliases: ["simultaneous close"],
    see: ["CLOSING", "active", "passive"],
    source: "net/ipv4/tcp_input.c:tcp_fin; RFC 9293 3.6",
  },
  {
    name: "none",
    kind: "role",
    title: "Role none",
    oneLine: "No FIN was seen: the end came by a RST or a time limit, or has not come.",
    text: prose(`
      The role goes by the first FIN. A connection that ended with a RST alone, or timed out
      before any FIN, has none. So has a connection that is still open.
    `),
    aliases: ["role none"],
    see: ["reset-sent", "reset-received", "timed-out", "unfinished"],
  },
];
