/** A made-up host: many connections that live and die in every way, told as one list of events. */
import { TCP_STATES, type TcpState } from "../../src/event/tcp-state.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { type Chance, seeded } from "../event/seeded.ts";
import {
  ACK,
  CLOSING_CALL,
  FIN,
  NETNS,
  ORPHANED,
  peerOf,
  RST,
  SHUTDOWN_CALL,
  SOFTIRQ,
  type Sock,
  Story,
  sock,
} from "./story.ts";

/** One way in which a connection may end; both ends are told of. */
type Ending = (story: Story, client: Sock, server: Sock, ms: number) => void;

const ENDINGS: readonly Ending[] = [
  (story, client, server, ms) => {
    story
      .at(ms)
      .closeFirst(client)
      .at(ms + 1)
      .finCame(server)
      .at(ms + 2)
      .closeSecond(server);
    story
      .at(ms + 3)
      .segment(client, FIN | ACK)
      .at(ms + 250)
      .segment(client, FIN | ACK);
  },
  (story, client, server, ms) => {
    story
      .at(ms)
      .finCame(client)
      .at(ms + 1)
      .read(client)
      .at(ms + 30)
      .closeFirst(server);
  },
  (story, client, server, ms) => {
    story.at(ms).change(client, "ESTABLISHED", "CLOSE", { ...CLOSING_CALL, recvQ: 3 });
    story.reset(client, "sent", { reason: "TCP_ABORT_ON_CLOSE" }).at(ms + 1);
    story
      .reset(server, "received")
      .change(server, "ESTABLISHED", "CLOSE", { ...SOFTIRQ, error: 104 });
  },
  (story, client, server, ms) => {
    story.at(ms).change(client, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL);
    for (let i = 0; i < 6; i++) story.at(ms + 200 * 2 ** i).resend(client);
    story.at(ms + 13_000).change(client, "FIN_WAIT1", "CLOSE", { ...ORPHANED, error: 110 });
    story
      .finCame(server)
      .at(ms + 13_001)
      .dumped();
  },
  (story, client, server, ms) => {
    for (const end of [client, server]) {
      story
        .at(ms)
        .change(end, "ESTABLISHED", "FIN_WAIT1", SHUTDOWN_CALL)
        .at(ms + 1);
      story.change(end, "FIN_WAIT1", "CLOSING", { ...SOFTIRQ, finReceived: true });
      story.change(end, "CLOSING", "CLOSE", { ...SOFTIRQ, finReceived: true });
    }
    story
      .at(ms + 5)
      .destroy(client)
      .at(ms + 900)
      .segment(server, RST);
  },
  (story, client, server, ms) => {
    story
      .at(ms)
      .closeFirst(client)
      .finCame(server, { recvQ: 9 })
      .at(ms + 2000);
    story
      .row(server, "CLOSE_WAIT", { recvQ: 0 })
      .row(client, "FIN_WAIT2", { timer: "timewait", timerMs: 58_000, inode: 0 });
    story
      .holder(1000, 200)
      .holder(1000, 201)
      .at(ms + 61_000)
      .miniEnd(client, "FIN_WAIT2");
  },
  (story, client, server, ms) => {
    story
      .at(ms)
      .row(client, "ESTABLISHED")
      .row(server, "ESTABLISHED")
      .at(ms + 1)
      .gap(ms - 5);
    story.at(ms + 4000).dumped({ dump: 2 });
  },
];

/** The events of a host with so many connections; the same seed makes the same host. */
export function world(seed: number, connections: number): TraceEvent[] {
  const chance = seeded(seed);
  const story = new Story();
  for (let i = 0; i < connections; i++) {
    const client = sock({
      sk: addressOf(chance(24)),
      localPort: 40_000 + chance(40),
      netns: NETNS + chance(2),
      ...(chance(5) === 0 ? { local: "::ffff:10.0.0.1", remote: "::ffff:10.0.0.2" } : {}),
    });
    const server = peerOf(client, { sk: addressOf(24 + chance(24)), netns: NETNS + chance(2) });
    const ms = 400 * i + chance(300);
    story
      .at(ms)
      .connect(client)
      .at(ms + 0.2)
      .accept(server, 200 + chance(3));
    (ENDINGS[chance(ENDINGS.length)] as Ending)(story, client, server, ms + 50 + chance(400));
    if (i % 10 === 0) tellOfHost(story, chance, i);
  }
  return story.events.toSorted((a, b) => a.t - b.t);
}

/** Few addresses, so that they are recycled all the time. */
function addressOf(slot: number): string {
  return `ffff8881${(slot * 64).toString(16).padStart(8, "0")}`;
}

function tellOfHost(story: Story, chance: Chance, i: number): void {
  story.host({
    counters: { "TcpExt.TCPTimeWaitOverflow": i },
    sysctls: { "net.ipv4.tcp_fin_timeout": String(1 + chance(90)) },
  });
  const wall = "2026-11-21T05:00:00Z";
  story.tell({
    type: "heartbeat",
    t: story.t,
    wall,
    counted: 9 * i,
    received: 9 * i,
    lost: 0,
    unparsed: 0,
    skipped: chance(2),
  });
  story.tell({
    type: "process",
    t: story.t,
    pid: 200 + chance(3),
    startTicks: 5,
    comm: "server",
    exe: "/usr/bin/server",
    cmdline: "server",
    uid: 0,
    unit: null,
    container: null,
    fdLimit: 1024,
    fdCount: chance(1100),
  });
}

const STATES = TCP_STATES.filter((state): state is TcpState => state !== null);
const TIMES = [0, -1, 1, 5e8, 3e9, 1e12, -1e12, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER];

/** Fields that may hold anything of their kind. */
const VALUES: Readonly<Record<string, (chance: Chance) => unknown>> = {
  t: (chance) => TIMES[chance(TIMES.length)],
  since: (chance) => TIMES[chance(TIMES.length)],
  from: (chance) => STATES[chance(STATES.length)],
  to: (chance) => STATES[chance(STATES.length)],
  state: (chance) => STATES[chance(STATES.length)],
  substate: (chance) => (chance(2) === 0 ? "FIN_WAIT2" : "TIME_WAIT"),
  sk: (chance) => ["", "0", "ffff888100000000", "ffff888100000040"][chance(4)],
  netns: (chance) => NETNS + chance(3) - 1,
  local: (chance) => ["", "10.0.0.1", "10.0.0.2", "::ffff:10.0.0.2"][chance(4)],
  remote: (chance) => ["", "10.0.0.1", "10.0.0.2", "::ffff:10.0.0.1"][chance(4)],
  localPort: (chance) => [0, 443, 40_000, 65_535][chance(4)],
  remotePort: (chance) => [0, 443, 40_000, 65_535][chance(4)],
  error: (chance) => [0, 32, 103, 104, 110, 111, 65_535][chance(7)],
  orphan: (chance) => chance(2) === 0,
  finReceived: (chance) => chance(2) === 0,
  inProcess: (chance) => chance(2) === 0,
  closing: (chance) => chance(2) === 0,
  linger: (chance) => chance(2) === 0,
  isAlive: (chance) => chance(2) === 0,
  flags: (chance) => chance(256),
  recvQ: (chance) => [-1, 0, 1, 2, 0xffff_ffff][chance(5)],
  inode: (chance) => [0, 1000, 1001][chance(3)],
  pid: (chance) => [0, 100, 200, 2 ** 31 - 1][chance(4)],
  timer: (chance) => [null, "timewait", "on", ""][chance(4)],
  timerMs: (chance) => [null, -1, 0, 0.5, 1e12][chance(5)],
  dump: (chance) => chance(3),
  scan: (chance) => chance(3),
  reason: (chance) =>
    [null, "TCP_ABORT_ON_DATA", "TCP_ABORT_ON_MEMORY", "TCP_STATE", "__proto__"][chance(5)],
  states: (chance) => STATES.slice(chance(STATES.length)),
  counters: (chance) => ({ "TcpExt.TCPTimeWaitOverflow": chance(9) - 4, constructor: 1 }),
  sysctls: (chance) => ({
    "net.ipv4.tcp_fin_timeout": ["", "-5", "1e309", "NaN", "0"][chance(5)],
    toString: "x",
  }),
};

/** One event with some fields changed to other values that a recording may hold. */
export function mutated(event: TraceEvent, chance: Chance): TraceEvent {
  const copy: Record<string, unknown> = { ...event };
  const isTransition = event.type === "transition";
  for (const [name, value] of Object.entries(VALUES)) {
    if (!Object.hasOwn(copy, name) || chance(8) !== 0) continue;
    // A gap's `from` is a time, not a state.
    copy[name] = name === "from" && !isTransition ? TIMES[chance(TIMES.length)] : value(chance);
  }
  if (isTransition && chance(10) === 0) {
    for (const name of [
      "error",
      "orphan",
      "finReceived",
      "inProcess",
      "closing",
      "recvQ",
      "inode",
      "linger",
      "exiting",
      "shutdown",
    ]) {
      delete copy[name];
    }
  }
  return copy as unknown as TraceEvent;
}
