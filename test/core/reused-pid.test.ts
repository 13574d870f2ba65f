/** A number that another process has by now says nothing of the one that had it before. */
import { describe, expect, test } from "vitest";
import type { Finding } from "../../src/core/finding.ts";
import { ProcessTable } from "../../src/core/process-table.ts";
import type { ProcessEvent } from "../../src/event/trace-event.ts";
import { type Sock, Story, sock } from "./story.ts";

const server = (i: number) =>
  sock({ local: "10.0.0.2", localPort: 8080, remote: "10.0.0.9", remotePort: 1024 + i });

/** Process 200 as it started after so many seconds of the recording, at 100 ticks each. */
function began(seconds: number, comm: string): ProcessEvent {
  return {
    type: "process",
    t: (seconds + 1) * 1e9,
    pid: 200,
    startTicks: 50_000 + seconds * 100,
    startedAt: seconds * 1e9,
    comm,
    exe: null,
    cmdline: `/usr/bin/${comm}`,
    uid: 0,
    unit: null,
    container: null,
    fdLimit: 10,
    fdCount: 9,
  };
}

/** The first 200 accepts, is described, and dies; another holds its connection. */
function story(end: Sock = server(0)): Story {
  const told = new Story().at(1000).accept(end, 200, "first").finCame(end, { inode: 77 });
  return told.at(2000).tell(began(0, "first"));
}

function stuck({ trace }: Story): Finding[] {
  return trace
    .findings()
    .filter(({ kind, until }) => kind === "stuck-close-wait" && until === null);
}

test("two processes of one number are two findings, each with its own", () => {
  const told = story().at(10_000).tell(began(8, "second"));
  const end = server(1);
  told.at(10_500).accept(end, 200, "second").finCame(end, { inode: 78 });
  const found = stuck(told.until(30_000));
  expect(found.map(({ count }) => count)).toEqual([1, 1]);
  expect(found.map(({ subject }) => subject.comm).sort()).toEqual(["first", "second"]);
  for (const { owner, subject } of found) {
    expect(owner?.process?.cmdline).toBe(`/usr/bin/${subject.comm}`);
  }
});

test("what the second one's threads and descriptors do is not said of the first", () => {
  const told = story().at(10_000).tell(began(8, "second"));
  told.tell({
    type: "threads",
    t: told.t,
    pid: 200,
    startTicks: 50_800,
    threads: 1,
    groups: [{ count: 1, state: "S", wchan: null, syscall: "futex", fd: null }],
  });
  const [finding] = stuck(told.until(30_000));
  expect(finding?.subject.comm).toBe("first");
  expect(finding?.owner?.threads).toBeNull();
  const kinds = told.trace.findings().map(({ kind }) => kind);
  expect(kinds).not.toContain("descriptor-exhaustion");
});

test("a successor that holds the socket is not taken for who had accepted it", () => {
  const told = story().at(10_000).holder(77, 200, { startTicks: 50_800, comm: "second" });
  const [endpoint] = told.trace.endpoints();
  expect(endpoint?.owner).toEqual({
    pid: 200,
    comm: "second",
    source: "fd-scan",
    confidence: "certain",
  });
});

test("the same process keeps what is known of it", () => {
  const told = story().at(10_000).holder(77, 200, { startTicks: 50_000, comm: "first" });
  const [endpoint] = told.trace.endpoints();
  expect(endpoint?.owner).toMatchObject({ comm: "first", source: "accept" });
});

describe("the table", () => {
  const table = new ProcessTable();
  table.set(began(8, "second"));
  table.set(began(0, "first"));

  test.each([
    [0, "first"],
    [7, "first"],
    [8, "second"],
    [99, "second"],
  ])("knows who had the number after %d s", (seconds, comm) => {
    expect(table.get(200, seconds * 1e9)?.comm).toBe(comm);
    expect(table.get(200)?.comm).toBe("second");
  });

  test("takes no process for a later one because its description was held up", () => {
    const late = new ProcessTable();
    late.set({ ...began(3, "other"), pid: 300 });
    late.set({ ...began(8, "child"), startedAt: 8.3e9 });
    for (const each of [late, late.copy()]) {
      expect(each.get(200, 8e9)?.comm).toBe("child");
      expect(each.isLater(50_800, 8e9)).toBe(false);
      expect(each.isLater(50_803, 8e9)).toBe(true);
    }
  });

  test("knows nobody from before the first that was described", () => {
    expect(table.get(200, -1e9)).toBeUndefined();
    expect(table.copy().get(200, -1e9)).toBeUndefined();
  });

  test("forgets the oldest of very many", () => {
    const full = new ProcessTable();
    for (let pid = 1; pid <= 10_001; pid++) full.set({ ...began(0, "many"), pid });
    expect(full.get(1)).toBeUndefined();
    expect(full.get(2)).toBeDefined();
  });
});
