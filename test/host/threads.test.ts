/** What threads do. */
import { expect, test } from "vitest";
import {
  groupThreads,
  parseSyscall,
  readThreads,
  type ThreadActivity,
} from "../../src/host/threads.ts";
import { startChild } from "./start-child.ts";

const FUTEX: ThreadActivity = { state: "S", wchan: "futex_do_wait", syscall: "futex", fd: null };
const EPOLL: ThreadActivity = { state: "S", wchan: null, syscall: "epoll_wait", fd: 5 };

test("threads that do the same are counted together, the most first", () => {
  const activities = [EPOLL, ...Array.from({ length: 11 }, () => FUTEX)];
  const groups = groupThreads(activities);
  expect(groups.map(({ count }) => count)).toEqual([11, 1]);
});

test.each([
  ["202 0x7f01 0x80 0x0 0x0 0x0 0x0 0x7ffe 0x7f02\n", { syscall: "futex", fd: null }],
  ["45 0x7 0x7f01 0x80 0x0 0x0 0x0 0x7ffe 0x7f02\n", { syscall: "recvfrom", fd: 7 }],
  ["9999 0x7\n", { syscall: "syscall 9999", fd: null }],
  ["running\n", { syscall: null, fd: null }],
  ["-1 0x7ffe 0x7f02\n", { syscall: null, fd: null }],
  ["", { syscall: null, fd: null }],
])("the call %j on x64", (text, expected) => {
  expect(parseSyscall(text, "x64")).toEqual(expected);
});

test("the same number is another call on arm64, and none where we have no table", () => {
  expect(parseSyscall("202 0x7", "arm64")).toEqual({ syscall: "accept", fd: 7 });
  expect(parseSyscall("202 0x7", "riscv64")).toEqual({ syscall: "syscall 202", fd: null });
});

test("a process whose main thread waits for a lock is seen to sleep, with all its threads", async () => {
  const wait = "console.log('ready'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)";
  const child = await startChild(process.execPath, ["-e", wait]);
  try {
    const summary = await readThreads(child.pid);
    expect(summary?.threads).toBeGreaterThan(1);
    expect(summary?.isPartial).toBe(false);
    const counted = summary?.groups.reduce((sum, { count }) => sum + count, 0);
    expect(counted).toBe(summary?.threads);
    expect(summary?.groups[0]?.state).toBe("S");
  } finally {
    process.kill(child.pid);
    await child.stop();
  }
  expect(await readThreads(child.pid)).toBeNull();
});
