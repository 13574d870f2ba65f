/** What a finding tells of the process behind it: cause, threads, growth, descriptors, who. */
import { describe, expect, test } from "vitest";
import type { Finding } from "../../src/core/finding.ts";
import { describeThreads, isWaitingForLocks } from "../../src/core/thread-words.ts";
import type { ProcessEvent, ThreadGroup } from "../../src/event/trace-event.ts";
import { Story, sock } from "./story.ts";

const FUTEX = { state: "S", wchan: "futex_do_wait", syscall: "futex", fd: null };
const EPOLL = { state: "S", wchan: "ep_poll", syscall: "epoll_wait", fd: 5 };

const server = (i = 0) =>
  sock({
    local: "10.0.0.2",
    localPort: 8080,
    remote: `10.0.0.${9 + (i % 2)}`,
    remotePort: 1024 + i,
  });

function who(story: Story, pid: number, change: Partial<ProcessEvent> = {}): Story {
  return story.tell({
    type: "process",
    t: story.t,
    pid,
    startTicks: pid,
    comm: "server",
    exe: "/usr/bin/server",
    cmdline: "/usr/bin/server --port 8080",
    uid: 33,
    unit: "shop.service",
    container: null,
    fdLimit: 100,
    fdCount: 40,
    ...change,
  });
}

function threads(story: Story, pid: number, groups: readonly ThreadGroup[]): Story {
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  return story.tell({ type: "threads", t: story.t, pid, startTicks: pid, threads: count, groups });
}

function stuck(story: Story): Finding {
  const found = story.trace.findings().find(({ kind }) => kind === "stuck-close-wait");
  if (found === undefined) throw new Error("no finding");
  return found;
}

describe("the likely cause", () => {
  test("of what was drained is a leak", () => {
    const end = server();
    const story = new Story().at(0).accept(end).finCame(end, { recvQ: 1 });
    story.at(100).read(end).until(11_000);
    expect(stuck(story).owner?.cause).toBe("leaked");
    expect(stuck(story).summary).toMatch(
      /; likely cause: the application took everything and never closed: a leaked descriptor$/,
    );
    expect(stuck(story).evidence).toContain("the application last read 11 s ago");
  });

  test("of an unread end is a blocked or overloaded application", () => {
    const end = server();
    const story = new Story().at(0).accept(end).finCame(end, { recvQ: 1 }).until(11_000);
    expect(stuck(story).owner?.cause).toBe("unread");
  });

  test("of an unread end in a process whose threads wait for locks is a deadlock", () => {
    const end = server();
    const story = new Story().at(0).accept(end).finCame(end, { recvQ: 1 });
    threads(story, 200, [
      { ...FUTEX, count: 11 },
      { ...EPOLL, count: 1 },
    ]).until(11_000);
    expect(stuck(story).owner?.cause).toBe("deadlocked");
    expect(stuck(story).evidence).toContain(
      "of process 200 11 of 12 threads wait in futex, 1 waits in epoll_wait on descriptor 5",
    );
  });

  test("of an idle connection that this side had opened is a pool", () => {
    const end = sock();
    const story = new Story().at(0).connect(end).at(100).finCame(end, { recvQ: 1 });
    expect(stuck(story.until(12_000)).owner?.cause).toBe("idle-pool");
  });

  test("of what nobody accepted is the listener", () => {
    const end = server();
    const story = new Story().at(0).child(end).finCame(end, { inode: 0, recvQ: 1 }).until(11_000);
    expect(stuck(story).owner?.cause).toBe("not-accepted");
  });

  test("of what nobody accepted names all who may, where a server forked before it accepts", () => {
    const end = server();
    const place = sock({ local: end.local, localPort: end.localPort, remotePort: 0 });
    const story = new Story().at(0).row(place, "LISTEN", { inode: 77 });
    for (let pid = 10; pid < 20; pid++) story.holder(77, pid);
    story.child(end).finCame(end, { inode: 0, recvQ: 1 }).until(11_000);
    expect(stuck(story).subject).toMatchObject({ pid: 10 });
    expect(stuck(story).evidence).toContain(
      "10 processes share the listener, and any may accept: 10, 11, 12, 13, 14, 15, 16, 17 …",
    );
  });

  test("of what a child holds for its parent is inheritance, whoever read it", () => {
    const end = server();
    const story = new Story().at(0).accept(end).finCame(end, { recvQ: 0, inode: 77 });
    who(story, 300, { parent: 200, comm: "child" });
    story
      .at(2000)
      .holder(77, 300, { comm: "child", fds: [9] })
      .until(11_000);
    expect(stuck(story).subject).toEqual({ pid: 300, comm: "child" });
    expect(stuck(story).owner?.cause).toBe("inherited");
    expect(stuck(story).evidence).toContain("held by child (pid 300) on descriptor 9");
    expect(stuck(story).evidence).toContain("opened by server (pid 200), which holds it no longer");
  });

  test("a worker that took the descriptor is no heir", () => {
    const end = server();
    const story = new Story().at(0).accept(end).finCame(end, { recvQ: 1, inode: 77 });
    who(story, 300, { parent: 1, comm: "worker" });
    story
      .at(2000)
      .holder(77, 300, { comm: "worker", fds: [9] })
      .until(11_000);
    expect(stuck(story).owner?.cause).toBe("unread");
  });

  test("a child that is older than the connection was given it", () => {
    const end = server();
    const story = new Story().at(1000).accept(end).finCame(end, { recvQ: 1, inode: 77 });
    who(story, 300, { parent: 200, comm: "worker", startedAt: 0.5e9 });
    story.at(2000).holder(77, 300, { comm: "worker" }).until(13_000);
    expect(stuck(story).owner?.cause).toBe("unread");
  });

  test("is not named where half of them say something else", () => {
    const [one, two] = [server(0), server(1)];
    const story = new Story().at(0).accept(one).accept(two);
    story.finCame(one, { recvQ: 1 }).finCame(two, { recvQ: 1 });
    story.at(100).read(one).until(11_000);
    expect(stuck(story).owner?.cause).toBeNull();
    expect(stuck(story).summary).not.toContain("likely cause");
  });
});

describe("growth", () => {
  /** One a second for 40 s, every second one from the same peer. */
  function leak(): Story {
    const story = new Story().at(0);
    for (let i = 0; i < 40; i++) {
      const end = server(i);
      story
        .at(i * 1000)
        .accept(end)
        .finCame(end, { recvQ: 0 });
    }
    return who(story.at(39_000), 200).until(40_000);
  }

  test("is told by owner, listener and peer", () => {
    const { owner, evidence } = stuck(leak());
    expect(owner?.growth).toMatchObject({ count: 31, window: 30 });
    expect(owner?.growth?.perMinute).toBeCloseTo(62);
    expect(owner?.growth?.listeners).toEqual([{ name: "10.0.0.2:8080", count: 31 }]);
    expect(owner?.growth?.peers).toEqual([
      { name: "10.0.0.9", count: 16 },
      { name: "10.0.0.10", count: 15 },
    ]);
    expect(evidence).toContain(
      "31 more in 30 s (62 a minute), 16 of them from 10.0.0.9, 31 of them at 10.0.0.2:8080",
    );
  });

  test("says when the descriptors are used up", () => {
    const { owner, evidence } = stuck(leak());
    expect(owner?.descriptors).toMatchObject({ used: 40, limit: 100 });
    expect(owner?.descriptors?.secondsLeft).toBeCloseTo(60 / (62 / 60));
    expect(evidence).toContain(
      "40 of 100 descriptors are in use, the rest lasts for 58 s at this rate",
    );
  });

  test("of what was there before the trace is none", () => {
    const end = server();
    const story = new Story().at(0).row(end, "CLOSE_WAIT", { recvQ: 1, inode: 5 }).until(20_000);
    expect(stuck(story).owner?.growth).toMatchObject({ count: 0, perMinute: 0 });
    expect(stuck(story).evidence).toContain("no more have come in 10 s");
  });
});

test("who the process is stands in one line", () => {
  const end = server();
  const story = new Story().at(0).accept(end).finCame(end, { recvQ: 1 });
  who(story, 200, { user: "www-data", pod: "6f1c", startedAt: -7200e9 }).until(11_000);
  expect(stuck(story).evidence).toContain(
    "process 200: /usr/bin/server --port 8080, user www-data, unit shop.service, pod 6f1c, running for 2 h",
  );
});

test("how long nothing was sent or came is told of the one that moved last", () => {
  const end = server();
  const story = new Story().at(0).accept(end).finCame(end, { recvQ: 1 });
  story.at(10_000).row(end, "CLOSE_WAIT", { recvQ: 1, lastSentMs: 9000, lastReceivedMs: 9500 });
  expect(stuck(story.until(12_000)).evidence).toContain(
    "no data was sent for 11 s, none came for 12 s",
  );
});

describe("threads in words", () => {
  test.each([
    [[{ ...FUTEX, count: 1 }], "1 of 1 thread waits in futex"],
    [[{ ...EPOLL, count: 2 }], "2 of 2 threads wait in epoll_wait on descriptor 5"],
    [[{ count: 3, state: "R", wchan: null, syscall: null, fd: null }], "3 of 3 threads run"],
    [
      [{ count: 1, state: "D", wchan: "io_schedule", syscall: null, fd: null }],
      "1 of 1 thread waits for the kernel in io_schedule, not to be interrupted",
    ],
    [
      [{ count: 2, state: "T", wchan: null, syscall: null, fd: null }],
      "2 of 2 threads are stopped",
    ],
  ])("%j", (groups, text) => {
    const count = groups.reduce((sum, group) => sum + group.count, 0);
    expect(describeThreads({ threads: count, groups })).toBe(text);
  });

  test("few threads at a lock are no deadlock", () => {
    const idle = { threads: 2, groups: [{ ...FUTEX, count: 2 }] };
    const working = {
      threads: 12,
      groups: [
        { ...FUTEX, count: 8 },
        { ...EPOLL, count: 4 },
      ],
    };
    expect([idle, working].map(isWaitingForLocks)).toEqual([false, false]);
  });
});
