/** A made-up host with many peers elsewhere: few ports, so that who rests is often taken over or disturbed. */
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { type Chance, seeded } from "../event/seeded.ts";
import {
  ACK,
  CLOSING_CALL,
  FIN,
  ORPHANED,
  peerOf,
  RST,
  SHUTDOWN_CALL,
  SOFTIRQ,
  type Sock,
  Story,
  sock,
} from "./story.ts";

type Ending = (story: Story, socket: Sock, ms: number, chance: Chance) => void;

const DONE = { ...ORPHANED, finReceived: true };

/** It closes first, and the FIN of the other end comes so much later, milliseconds. */
function closeThenFin(story: Story, socket: Sock, ms: number, later: number): void {
  story.at(ms).closeFirst(socket);
  story.at(ms + later).segment(socket, FIN | ACK);
}

/** Each leaves something behind that waits, or nothing. */
const ENDINGS: readonly Ending[] = [
  (story, socket, ms) => closeThenFin(story, socket, ms, 1),
  (story, socket, ms, chance) => {
    closeThenFin(story, socket, ms, chance(20_000));
    for (let again = chance(3); again > 0; again--) {
      story.at(ms + 20_000 + chance(30_000)).segment(socket, FIN | ACK);
    }
  },
  (story, socket, ms, chance) => {
    closeThenFin(story, socket, ms, 5);
    story.at(ms + 1000 + chance(50_000)).segment(socket, RST);
  },
  (story, socket, ms) => {
    closeThenFin(story, socket, ms, 2);
    story.at(ms + 60_100).miniEnd(socket, "TIME_WAIT");
  },
  (story, socket, ms) => story.at(ms).closeFirst(socket),
  // A RST that belongs to the close before it: no mini-socket was made after all.
  (story, socket, ms) => {
    story.at(ms).closeFirst(socket);
    story.at(ms + 0.5).reset(socket, "sent", { reason: "TCP_ABORT_ON_LINGER" });
  },
  // What only sets its timer anew, or touches it, leaves it as it rests.
  (story, socket, ms, chance) => {
    closeThenFin(story, socket, ms, 1);
    const flags = chance(2) === 0 ? ACK : 0;
    for (let at = 5000; at < 50_000; at += 10_000) story.at(ms + at).segment(socket, flags);
  },
  (story, socket, ms, chance) => {
    story.at(ms).change(socket, "ESTABLISHED", "FIN_WAIT1", { ...SHUTDOWN_CALL, inode: 5000 });
    story.change(socket, "FIN_WAIT1", "FIN_WAIT2", { ...SOFTIRQ, shutdown: 2, inode: 5000 });
    story.at(ms + 10).change(socket, "FIN_WAIT2", "CLOSE", { ...SOFTIRQ, ...DONE, orphan: false });
    if (chance(2) === 0) story.at(ms + 3000 + chance(20_000)).destroy(socket);
  },
  (story, socket, ms) => {
    story.at(ms).change(socket, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL);
    story
      .at(ms + 200)
      .resend(socket)
      .at(ms + 600)
      .resend(socket);
    story.at(ms + 900).change(socket, "FIN_WAIT1", "CLOSING", { ...DONE, orphan: false });
    story.at(ms + 901).change(socket, "CLOSING", "CLOSE", DONE);
  },
  (story, socket, ms) =>
    story
      .at(ms)
      .finCame(socket)
      .at(ms + 700)
      .closeSecond(socket),
  (story, socket, ms) => {
    story.at(ms).reset(socket, "received", { state: "ESTABLISHED" });
    story.change(socket, "ESTABLISHED", "CLOSE", { ...SOFTIRQ, error: 104 });
  },
  () => {},
];

/** Events in order of time, of so many connections within two minutes. */
export function remotes(seed: number, connections: number): readonly TraceEvent[] {
  const chance = seeded(seed);
  const story = new Story();
  for (let i = 0; i < connections; i++) {
    const born = chance(120_000);
    const client = sock({
      localPort: 40_000 + chance(12),
      remote: `10.0.1.${1 + chance(4)}`,
      ...(chance(4) === 0 && { netns: 4026531999 }),
    });
    const socket = chance(3) === 0 ? peerOf(client) : client;
    if (socket === client) story.at(born).connect(socket);
    else story.at(born).accept(socket);
    // The other end on this host, whose story the first one's depends on.
    if (chance(12) === 0) {
      const other = peerOf(socket);
      if (socket === client) story.at(born).accept(other);
      else story.at(born).connect(other);
    }
    const ending = ENDINGS[chance(ENDINGS.length)] as Ending;
    ending(story, socket, born + 10 + chance(5000), chance);
    if (chance(10) === 0) {
      const at = born + chance(60_000);
      const timer = { timer: "timewait", timerMs: chance(60_000), inode: 0 } as const;
      story.at(at).row(socket, "TIME_WAIT", { ...timer, dump: 1 + Math.floor(at / 1000) });
    }
  }
  for (let at = 20_000; at < 180_000; at += 40_000) {
    story.at(at).dumped({ dump: 1 + at / 1000, states: ["FIN_WAIT2", "TIME_WAIT"] });
    story
      .at(at + 1)
      .gap(at - chance(30_000))
      .host({ counters: { "Tcp.RetransSegs": at } });
  }
  return [...story.events].sort((a, b) => a.t - b.t);
}
