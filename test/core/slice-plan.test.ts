/** What a slice takes along so that its stories come out as in the whole, and what it leaves out. */
import { describe, expect, test } from "vitest";
import type { HostEvent, TraceEvent } from "../../src/event/trace-event.ts";
import { cut, expectSameFindings, expectSameStories, tryCut, type Whole } from "./cutting.ts";
import { ACK, FIN, NETNS, ORPHANED, peerOf, type Sock, Story, sock } from "./story.ts";

function wholeOf(story: Story, endMs: number): Whole {
  return { events: story.events, endNs: endMs * 1e6 };
}

/** A heartbeat each second up to `endMs`, among the events of a story. */
function beating(story: Story, endMs: number): Whole {
  const beats = Array.from({ length: Math.floor(endMs / 1000) }, (_, i) => beat((i + 1) * 1e9));
  const events = [...story.events, ...beats].sort((a, b) => a.t - b.t);
  return { events, endNs: endMs * 1e6 };
}

function beat(t: number): TraceEvent {
  const none = { lost: 0, unparsed: 0, skipped: 0 };
  return { type: "heartbeat", t, wall: "2026-11-21T05:00:00Z", counted: 1, received: 1, ...none };
}

function counters(t: number, values: Record<string, number>): HostEvent {
  return { type: "host", t, netns: NETNS, counters: values };
}

function typesOf(events: readonly TraceEvent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of events) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/** connect(), close(), the peer's FIN: TIME_WAIT. */
function goThrough(story: Story, socket: Sock, ms: number): void {
  story.at(ms).connect(socket);
  story.at(ms + 1).closeFirst(socket);
  story.at(ms + 2).segment(socket, FIN | ACK);
}

describe("with an endpoint comes", () => {
  test("whoever ended its TIME_WAIT by taking the tuple over", () => {
    const story = new Story();
    goThrough(story, sock({ sk: "a1" }), 1000);
    goThrough(story, sock({ sk: "a2" }), 5000);
    goThrough(story, sock({ sk: "a3", localPort: 40_001 }), 6000);
    const made = cut(wholeOf(story, 9000), { endpoints: ["e1"] });
    expect([...made.plan.ids]).toEqual(["e1", "e2"]);
    expectSameStories(made);
    expect(made.after.endpoint("e1")?.note).toMatch(/tuple reused/);
  });

  test("those that could as well be its peer, in other namespaces", () => {
    const story = new Story();
    const client = sock();
    story.at(1).accept(peerOf(client, { netns: NETNS + 1 }));
    story.at(2).accept(peerOf(client, { netns: NETNS + 2 }));
    story.at(3).connect(client);
    const made = cut(wholeOf(story, 10), { endpoints: ["e3"] });
    expect([...made.plan.ids].sort()).toEqual(["e1", "e2", "e3"]);
    expectSameStories(made);
    expect(made.after.endpoint("e3")?.peer).toBeNull();
  });

  test("the listener it came in by, and who each of its processes is, former ones too", () => {
    const story = new Story();
    const server = peerOf(sock());
    const listener = sock({ local: "0.0.0.0", localPort: 443, remote: "0.0.0.0", remotePort: 0 });
    const other = sock({ local: "0.0.0.0", localPort: 80, remote: "0.0.0.0", remotePort: 0 });
    story.at(1).row(listener, "LISTEN", { inode: 7 }).row(other, "LISTEN", { inode: 8 });
    for (const inode of [7, 8]) story.holder(inode, 200 + inode);
    for (const pid of [207, 208, 300, 400, 500]) story.at(2).tell(processEvent(pid));
    story.at(3).accept(server, 300, "forker");
    story.at(4).finCame(server, { inode: 33 });
    story.at(5).holder(33, 400);
    story.at(6).change(server, "CLOSE_WAIT", "LAST_ACK", { closing: true, pid: 400 });
    const made = cut(wholeOf(story, 10), { endpoints: ["e1"] });
    expectSameStories(made);
    const pids = made.events.flatMap((event) => (event.type === "process" ? [event.pid] : []));
    expect(pids).toEqual([207, 300, 400]);
    const inodes = made.events.flatMap((event) => (event.type === "owner" ? [event.inode] : []));
    expect(inodes).toEqual([7, 33]);
    expect(made.after.listenerOf(server)).toMatchObject({ pid: 207, local: "0.0.0.0" });
    expect(made.after.listenerOf({ ...server, localPort: 80 })).toBeUndefined();
  });

  test("nothing of anybody else, and the same story told in few words", () => {
    const story = new Story();
    for (let i = 0; i < 50; i++) goThrough(story, sock({ localPort: 41_000 + i }), 100 * i);
    const made = cut(wholeOf(story, 9000), { endpoints: ["e17"] });
    expectSameStories(made);
    expect([...made.newIds]).toEqual([["e17", "e1"]]);
    expect(typesOf(made.events)).toEqual({ transition: 5, "mini-segment": 1 });
  });
});

describe("before the window", () => {
  test("heartbeats are thinned, and findings still end in the second in which they ended", () => {
    const story = new Story();
    const server = peerOf(sock());
    story.at(500).accept(server).at(1000).finCame(server);
    story.at(100_500).closeSecond(server);
    const long = sock({ localPort: 40_009 });
    story.at(600).connect(long).at(3_000_000).closeFirst(long);
    const whole = beating(story, 3_600_000);
    const made = cut(whole, { fromNs: 3_000e9, endpoints: ["e2"] });
    expectSameStories(made);
    expect(typesOf(made.events).heartbeat).toBeLessThan(700);
    const both = cut(whole, { endpoints: ["e1", "e2"], fromNs: 90e9 });
    expectSameStories(both);
    expectSameFindings(both);
    expect(both.after.findings()).toMatchObject([{ kind: "stuck-close-wait", until: 101e9 }]);
  });

  test("of the counters what they had come to is kept, and every change within", () => {
    const story = new Story();
    const long = sock();
    story.at(100).connect(long);
    for (let i = 1; i <= 100; i++) {
      story.tell(counters(i * 1e9, { "sockstat.tw": i, ...(i < 5 && { "sockstat.orphan": i }) }));
    }
    const made = cut(wholeOf(story, 100_000), { fromNs: 90e9 });
    const hosts = made.events.filter((event) => event.type === "host");
    expect(hosts[0]).toEqual(counters(88e9, { "sockstat.tw": 87, "sockstat.orphan": 4 }));
    expect(hosts.length).toBe(1 + 13);
    expect(hosts.slice(1)).toEqual(story.events.filter(({ t }) => t >= 88e9));
  });

  test("that the table of mini-sockets overflowed is known at the moment when it did", () => {
    const story = new Story();
    const name = "TcpExt.TCPTimeWaitOverflow";
    story.at(100).tell(counters(story.t, { [name]: 0, "sockstat.tw": 1 }));
    const client = sock();
    const server = peerOf(client);
    story.at(1000).connect(client).at(1000.1).accept(server);
    story
      .at(1001)
      .closeFirst(client)
      .at(1002)
      .finCame(server)
      .at(1003)
      .segment(client, FIN | ACK);
    story.tell(counters(1.5e9, { [name]: 1, "sockstat.tw": 4 }));
    story.at(20_000).dumped({ states: ["TIME_WAIT"] });
    const made = cut(wholeOf(story, 50_000), { fromNs: 39e9 });
    expect([...made.plan.ids].sort()).toEqual(["e1", "e2"]);
    expectSameStories(made);
    expect(made.after.endpoint("e1")?.note).toMatch(/tcp_max_tw_buckets was full/);
    expect(typesOf(made.events)["snapshot-end"]).toBe(1);
  });

  test("a dump that ended nobody of them is left out", () => {
    const story = new Story();
    const socket = sock();
    story.at(100).connect(socket);
    for (let dump = 1; dump <= 9; dump++) {
      story
        .at(dump * 1000)
        .row(socket, "ESTABLISHED", { dump })
        .dumped({ dump });
    }
    const made = cut(wholeOf(story, 10_000), { fromNs: 9.5e9 });
    expectSameStories(made);
    expect(typesOf(made.events)).toEqual({ transition: 2, snapshot: 9 });
  });
});

describe("a loss", () => {
  const gap = (from: number, t: number): TraceEvent => ({
    type: "gap",
    t,
    from,
    cause: "lost",
    count: 3,
  });

  test("that begins within the slice is told though it was noticed later", () => {
    const story = new Story();
    story.at(100).connect(sock());
    const whole = { events: [...story.events, gap(4e9, 9e9)], endNs: 10e9 };
    const made = cut(whole, { toNs: 5e9 });
    expect(made.events.at(-1)).toEqual(gap(4e9, 5e9));
    expectSameStories(made);
    expect(made.after.findings()).toMatchObject([{ kind: "incomplete-trace" }]);
    expect(cut(whole, { toNs: 3e9 }).after.findings()).toEqual([]);
  });

  test("from before anybody of them lived is told only if it is the first", () => {
    const story = new Story();
    story.tell(gap(1e6, 2e6)).tell(gap(3e6, 4e6));
    story.at(100).connect(sock()).tell(gap(5e9, 5.5e9));
    const made = cut(wholeOf(story, 9000), { fromNs: 6e9 });
    expect(typesOf(made.events)).toEqual({ gap: 2, transition: 2 });
    expectSameStories(made);
  });
});

test.each([
  [{ endpoints: ["e9"] }, "there is no endpoint e9 until the end of the slice"],
  [{ endpoints: ["e2"], toNs: 1e9 }, "there is no endpoint e2 until the end of the slice"],
  [{ endpoints: ["e2"], fromNs: 8e9 }, "endpoint e2 was gone before the slice begins"],
  [{ findings: ["f9"] }, "there is no finding f9 until the end of the slice"],
  [{ findings: ["f1"], fromNs: 18e9 }, "finding f1 was over before the slice begins"],
])("%j cannot be cut: %s", (wanted, why) => {
  const story = new Story();
  const [stuck, gone] = [peerOf(sock()), sock({ localPort: 40_001 })];
  story.at(1000).accept(stuck).finCame(stuck);
  story
    .at(2000)
    .connect(gone)
    .change(gone, "ESTABLISHED", "CLOSE", { ...ORPHANED, error: 104 });
  story.at(15_000).closeSecond(stuck);
  expect(tryCut(beating(story, 20_000), wanted)).toBe(why);
});

function processEvent(pid: number): TraceEvent {
  return {
    type: "process",
    t: 2e6,
    pid,
    startTicks: 1,
    comm: "app",
    exe: `/bin/${pid}`,
    cmdline: null,
    uid: 0,
    unit: null,
    container: null,
    fdLimit: null,
    fdCount: null,
  };
}
