/** The kernel's socket table joins what the events have told, and never overrules what is newer. */
import { describe, expect, test } from "vitest";
import {
  ACK,
  CLOSING_CALL,
  FIN,
  NETNS,
  ORPHANED,
  peerOf,
  SHUTDOWN_CALL,
  SOFTIRQ,
  Story,
  sock,
  statesOf,
  wavesOf,
} from "./story.ts";

const client = sock();
const server = peerOf(client);
const MINI = { timer: "timewait", timerMs: 45_000, inode: 0, uid: 0 };

describe("a socket that is older than the trace", () => {
  test("is known by its row, at least for so long", () => {
    const story = new Story().at(10).row(client, "ESTABLISHED");
    expect(story.only).toMatchObject({
      sk: null,
      direction: null,
      state: "ESTABLISHED",
      bornAt: 10e6,
      isComplete: true,
    });
    expect(story.only.phases).toMatchObject([{ evidence: "snapshot", atLeast: true }]);
  });

  test("gets its address with its first event, and stays one endpoint", () => {
    const story = new Story().at(10).row(client, "ESTABLISHED");
    story.at(20).change(client, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL);
    expect(story.only).toMatchObject({ sk: client.sk, role: "active", isComplete: true });
    expect(statesOf(story.only)).toEqual(["ESTABLISHED", "FIN_WAIT1"]);
  });

  test.each([
    ["FIN_WAIT1", "active", ["1 local"]],
    ["FIN_WAIT2", "active", ["1 local", "2 remote"]],
    ["TIME_WAIT", "active", ["1 local", "2 remote", "3 remote", "4 local"]],
    ["CLOSE_WAIT", "passive", ["1 remote", "2 local"]],
    ["LAST_ACK", "passive", ["1 remote", "2 local", "3 local"]],
    ["CLOSING", "simultaneous", ["1 local", "3 remote"]],
  ] as const)("in %s: the FINs before it are inferred", (state, role, waves) => {
    const story = new Story().at(10).row(client, state);
    expect(story.only).toMatchObject({ role, teardownAt: 10e6 });
    expect(wavesOf(story.only)).toEqual(waves.map((wave) => `${wave} inferred`));
  });

  test("in TIME_WAIT is over when its timer says so", () => {
    const story = new Story().at(10).row(client, "TIME_WAIT", MINI).until(45_011);
    expect(story.only).toMatchObject({ state: "CLOSE", verdict: "graceful", endedAt: 45_010e6 });
  });

  test("in FIN_WAIT2: the timer tells a mini-socket from a full one", () => {
    const story = new Story().at(10).row(client, "FIN_WAIT2", MINI);
    expect(story.only).toMatchObject({ isMini: true, orphan: true, expiresAt: 45_010e6 });
    story.until(45_011);
    expect(story.only).toMatchObject({ state: "CLOSE", verdict: "timed-out" });
    const full = new Story().at(10).row(client, "FIN_WAIT2", { inode: 77 }).until(500_000);
    expect(full.only).toMatchObject({ state: "FIN_WAIT2", isMini: false, orphan: false });
  });

  test.each(["FIN_WAIT1", "FIN_WAIT2", "LAST_ACK", "CLOSING"] as const)(
    "in %s without an inode is an orphan",
    (state) => {
      const story = new Story().row(client, state, { inode: 0 });
      expect(story.only.orphan).toBe(true);
    },
  );

  test("in CLOSE_WAIT without an inode is none: it was never accepted", () => {
    const story = new Story().row(server, "CLOSE_WAIT", { inode: 0, recvQ: 1 });
    expect(story.only).toMatchObject({ orphan: false, unread: "not-accepted" });
  });
});

describe("Recv-Q of CLOSE_WAIT", () => {
  test.each([
    [0, 5, "drained", 0],
    [1, 5, "fin-unread", 0],
    [9, 5, "data-unread", 8],
    [1, 0, "not-accepted", 0],
    [9, 0, "not-accepted", 8],
  ])("%i with inode %i is %s", (recvQ, inode, unread, unreadBytes) => {
    const story = new Story().row(server, "CLOSE_WAIT", { recvQ, inode });
    expect(story.only).toMatchObject({ unread, unreadBytes, eofRead: false });
  });

  test("a row brings the news that no event brings: the application has drained the queue", () => {
    const story = new Story().accept(server).at(5).finCame(server, { recvQ: 4 });
    expect(story.only).toMatchObject({ unread: "data-unread", unreadBytes: 3 });
    story.at(2000).row(server, "CLOSE_WAIT", { recvQ: 0 });
    expect(story.only).toMatchObject({
      unread: "drained",
      unreadBytes: 0,
      eofRead: false,
      isComplete: true,
    });
  });

  test("only a read of 0 bytes is a read of the end", () => {
    const story = new Story()
      .accept(server)
      .at(5)
      .finCame(server, { recvQ: 4 })
      .at(6)
      .read(server, 3);
    expect(story.only).toMatchObject({ unread: "drained", eofRead: false });
    expect(story.at(7).read(server).only).toMatchObject({ unread: "drained", eofRead: true });
  });

  test("accept() of a connection that had waited in the queue", () => {
    const story = new Story().child(server).at(5).finCame(server, { inode: 0, recvQ: 3 });
    expect(story.only.unread).toBe("not-accepted");
    story.tell({
      type: "open",
      t: 9e6,
      how: "accept",
      netns: NETNS,
      sk: server.sk,
      pid: 3,
      comm: "s",
      fd: 4,
    });
    expect(story.only).toMatchObject({
      unread: "data-unread",
      owner: { pid: 3, source: "accept" },
    });
  });
});

describe("a row that is older than an event", () => {
  test("read while the event happened, it yields", () => {
    const story = new Story()
      .connect(client)
      .at(10)
      .change(client, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL);
    story.at(10.5).row(client, "ESTABLISHED");
    expect(story.only).toMatchObject({ state: "FIN_WAIT1", isComplete: true });
  });

  test("told late, after events that are newer than its reading, it yields too", () => {
    const story = new Story()
      .connect(client)
      .at(10)
      .change(client, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL);
    story.at(10.2).row(client, "ESTABLISHED", { t: 6e6, since: 5e6 });
    expect(story.only).toMatchObject({ state: "FIN_WAIT1", isComplete: true });
  });

  test("it does not raise the dead", () => {
    const story = new Story().accept(server).at(10).finCame(server).closeSecond(server);
    story.at(10.5).row(server, "LAST_ACK");
    expect(story.endpoints).toHaveLength(1);
    expect(story.only.state).toBe("CLOSE");
  });

  test("it does not make a second endpoint of a connect() that has no port yet", () => {
    const story = new Story();
    story.change({ ...client, localPort: 0 }, "CLOSE", "SYN_SENT", { inode: 4711 });
    story.at(500).row(client, "SYN_SENT", { inode: 4711 });
    expect(story.only).toMatchObject({ tuple: { localPort: client.localPort }, state: "SYN_SENT" });
    story.at(1000).change(client, "SYN_SENT", "ESTABLISHED", { ...SOFTIRQ, inode: 4711 });
    expect(story.only).toMatchObject({ state: "ESTABLISHED", isComplete: true, verdict: null });
  });

  test("it joins such a connect that has come further while a run of the probe was skipped", () => {
    const story = new Story();
    story.change({ ...client, localPort: 0 }, "CLOSE", "SYN_SENT", { inode: 4711 });
    story.at(5000).row(client, "ESTABLISHED", { inode: 4711 });
    expect(story.only).toMatchObject({
      tuple: { localPort: client.localPort },
      state: "ESTABLISHED",
      isComplete: false,
    });
  });

  test("it is another one where the inode has been given again, towards another place", () => {
    const story = new Story();
    story.change({ ...client, localPort: 0 }, "CLOSE", "SYN_SENT", { inode: 4711 });
    story.at(5000).row({ ...client, remotePort: 4444 }, "ESTABLISHED", { inode: 4711 });
    expect(story.endpoints.map(({ tuple }) => tuple.localPort)).toEqual([0, client.localPort]);
  });

  test("of two such connects it takes the one whose file it names", () => {
    const story = new Story();
    const second = sock({ localPort: 40_009 });
    story.change({ ...client, localPort: 0 }, "CLOSE", "SYN_SENT", { inode: 4711 });
    story.change({ ...second, localPort: 0 }, "CLOSE", "SYN_SENT", { inode: 4712 });
    story.at(500).row(second, "SYN_SENT", { inode: 4712 });
    expect(story.endpoints.map(({ tuple }) => tuple.localPort)).toEqual([0, 40_009]);
  });
});

describe("a row that is newer than all events", () => {
  test("tells of the silent change: FIN_WAIT2 has become TIME_WAIT", () => {
    const story = new Story().connect(client).at(10).closeFirst(client);
    story.at(5000).row(client, "TIME_WAIT", MINI);
    expect(story.only).toMatchObject({
      state: "TIME_WAIT",
      verdict: "graceful",
      isComplete: true,
      expiresAt: 50_000e6,
    });
    expect(story.only.phases.at(-1)).toMatchObject({ evidence: "snapshot" });
    expect(wavesOf(story.only)).toEqual([
      "1 local observed",
      "2 remote observed",
      "3 remote inferred",
      "4 local inferred",
    ]);
  });

  test("tells of an event that was missed, and so the endpoint is not complete", () => {
    const story = new Story().accept(server).at(5000).row(server, "CLOSE_WAIT", { recvQ: 1 });
    expect(story.only).toMatchObject({
      state: "CLOSE_WAIT",
      isComplete: false,
      unread: "fin-unread",
      role: "passive",
      teardownAt: 5000e6,
    });
    expect(wavesOf(story.only)).toEqual(["1 remote inferred", "2 local inferred"]);
  });

  test.each(["SYN_RECV", "NEW_SYN_RECV", "CLOSE", "LISTEN"] as const)(
    "in %s it is no endpoint",
    (state) => {
      expect(new Story().row(sock({ remotePort: 0 }), state).endpoints).toEqual([]);
    },
  );

  test("agrees: nothing changes", () => {
    const story = new Story().connect(client).at(5000).row(client, "ESTABLISHED");
    expect(story.only).toMatchObject({ isComplete: true, state: "ESTABLISHED" });
    expect(story.only.phases).toHaveLength(2);
  });
});

describe("a complete dump without the endpoint's row", () => {
  test("a full socket has ended unseen", () => {
    const story = new Story().connect(client).at(5000).dumped();
    expect(story.only).toMatchObject({
      state: "CLOSE",
      verdict: "unknown",
      isComplete: false,
      note: expect.stringContaining("not seen"),
    });
  });

  test("TIME_WAIT is over, early or not, and stays graceful", () => {
    const story = new Story()
      .connect(client)
      .at(10)
      .closeFirst(client)
      .segment(client, FIN | ACK);
    story.at(5000).dumped();
    expect(story.only).toMatchObject({
      state: "CLOSE",
      verdict: "graceful",
      note: expect.stringContaining("early"),
    });
  });

  test("a mini-socket in FIN_WAIT2 that is gone before its time may have been reset or not", () => {
    const story = new Story().connect(client).at(10).closeFirst(client).at(5000).dumped();
    expect(story.only).toMatchObject({ state: "CLOSE", verdict: "unknown" });
  });

  test("a mini-socket that was never made, for tcp_max_tw_buckets", () => {
    const story = new Story();
    story.host({ counters: { "TcpExt.TCPTimeWaitOverflow": 3 } });
    story.at(10).connect(client).closeFirst(client);
    story
      .at(900)
      .host({ counters: { "TcpExt.TCPTimeWaitOverflow": 4 } })
      .at(1000)
      .dumped();
    expect(story.only).toMatchObject({
      state: "CLOSE",
      note: expect.stringContaining("tcp_max_tw_buckets"),
    });
  });

  test.each([
    ["another namespace", { netns: NETNS + 1 }],
    ["other states", { states: ["CLOSE_WAIT"] as const }],
  ])("proves nothing when it is of %s", (_, change) => {
    const story = new Story().connect(client).at(5000).dumped(change);
    expect(story.only).toMatchObject({ state: "ESTABLISHED", isComplete: true });
  });

  test("proves nothing about what changed or was born while it was read", () => {
    const story = new Story().at(10).connect(client).at(10.5).dumped();
    expect(story.only.state).toBe("ESTABLISHED");
    story.at(5000).change(client, "ESTABLISHED", "FIN_WAIT1", CLOSING_CALL).at(5000.5).dumped();
    expect(story.only.state).toBe("FIN_WAIT1");
  });

  test("proves nothing about a connect() that has no port yet", () => {
    const story = new Story().change({ ...client, localPort: 0 }, "CLOSE", "SYN_SENT");
    story.at(5000).dumped();
    expect(story.only.state).toBe("SYN_SENT");
  });

  test("spares what it lists", () => {
    const story = new Story().connect(client).connect(sock({ localPort: 40_001 }));
    story.at(5000).row(client, "ESTABLISHED").dumped();
    expect(story.endpoints.map(({ state }) => state)).toEqual(["ESTABLISHED", "CLOSE"]);
  });

  test.each([
    ["and was read before it", [7, 8]],
    ["and was read after it", [8, 7]],
  ])("spares what another lists that began later %s", (_, dumps) => {
    const story = new Story().connect(client).at(5000);
    for (const dump of dumps) story.row(client, "ESTABLISHED", { dump });
    expect(story.dumped({ dump: 7 }).only.state).toBe("ESTABLISHED");
    expect(story.dumped({ dump: 8 }).only.state).toBe("ESTABLISHED");
    expect(story.dumped({ dump: 9 }).only.state).toBe("CLOSE");
  });
});

describe("who holds it", () => {
  test("the acceptor, then all that a scan finds; the newer scan counts", () => {
    const story = new Story().accept(server, 200).at(5).finCame(server, { inode: 55 });
    story
      .at(3000)
      .holder(55, 300)
      .holder(55, 200, { fds: [7] });
    expect(story.only.holders.map(({ pid }) => pid)).toEqual([200, 300]);
    expect(story.only.owner).toMatchObject({ pid: 200, source: "accept" });
    story.at(18_000).holder(55, 300, { scan: 2 });
    expect(story.only.holders.map(({ pid }) => pid)).toEqual([300]);
    expect(story.only.owner).toMatchObject({ pid: 300, source: "fd-scan", confidence: "certain" });
  });

  test("several and none of them known is likely, not certain", () => {
    const story = new Story().at(1).row(server, "CLOSE_WAIT", { inode: 55 });
    story.holder(55, 300).holder(55, 301);
    expect(story.only.owner).toMatchObject({ pid: 300 });
    expect(story.only.holders.map(({ pid }) => pid)).toEqual([300, 301]);
    expect(story.only.owner?.confidence).toBe("likely");
  });

  test("the closer is who acted, also when another had accepted", () => {
    const story = new Story().accept(server, 200).at(5).finCame(server);
    story
      .at(6)
      .change(server, "CLOSE_WAIT", "LAST_ACK", { ...CLOSING_CALL, pid: 201, comm: "worker" });
    expect(story.only.owner).toMatchObject({ pid: 201, comm: "worker", source: "close" });
  });

  test("nobody on the CPU in a softirq is an owner", () => {
    const story = new Story().child(server).at(5).finCame(server, { pid: 4242, comm: "node" });
    story
      .at(9)
      .change(server, "CLOSE_WAIT", "CLOSE", { ...SOFTIRQ, error: 32, pid: 4242, comm: "node" });
    expect(story.only.owner).toBeNull();
  });

  test("shutdown() by another process than the acceptor", () => {
    const story = new Story().accept(server, 200);
    story.at(6).change(server, "ESTABLISHED", "FIN_WAIT1", { ...SHUTDOWN_CALL, pid: 201 });
    expect(story.only).toMatchObject({ owner: { pid: 201 }, orphan: false });
    story.at(7).change(server, "FIN_WAIT1", "FIN_WAIT2", ORPHANED);
    expect(story.only.orphan).toBe(true);
  });
});
