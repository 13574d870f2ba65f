/** What is told of a process. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readStat } from "../../src/host/proc-stat.ts";
import {
  describeProcess,
  formatCommandLine,
  parseDescriptorLimit,
  parseEffectiveUid,
} from "../../src/host/process-info.ts";
import { startChild } from "./start-child.ts";

const WAIT = 'console.log("ready"); process.stdin.on("end", () => process.exit()).resume();';

test("a child is described with program, arguments, user and descriptors", async () => {
  const child = await startChild(process.execPath, ["-e", WAIT, "x".repeat(6000)]);
  const startTicks = readStat(child.pid)?.startTicks ?? -1;
  try {
    const event = await describeProcess(child.pid, startTicks, () => 7);
    expect(event).toMatchObject({
      type: "process",
      t: 7,
      pid: child.pid,
      startTicks,
      exe: process.execPath,
      uid: process.geteuid?.(),
    });
    expect(event?.cmdline?.startsWith(`${process.execPath} -e ${WAIT} xxx`)).toBe(true);
    expect(event?.cmdline).toHaveLength(4096);
    expect(event?.fdCount).toBeGreaterThan(3);
  } finally {
    await child.stop();
  }
  expect(await describeProcess(child.pid, startTicks, () => 8)).toBeNull();
});

test("when it started is told right though the event loop is held up at each turn", async () => {
  const startTicks = readStat(process.pid)?.startTicks ?? -1;
  const uptime = Number(readFileSync("/proc/uptime", "latin1").split(" ")[0]) * 1e9;
  const boot = uptime - Number(process.hrtime.bigint());
  const now = () => Number(process.hrtime.bigint()) + boot;
  const stall = setInterval(() => {
    for (const until = now() + 60e6; now() < until; );
  }, 0);
  try {
    const event = await describeProcess(process.pid, startTicks, now);
    expect(Math.abs((event?.startedAt ?? 0) - startTicks * 1e7)).toBeLessThan(60e6);
  } finally {
    clearInterval(stall);
  }
});

test("another process with the same number is not described", async () => {
  const startTicks = readStat(process.pid)?.startTicks ?? -1;
  expect(await describeProcess(process.pid, startTicks - 1, () => 1)).toBeNull();
});

test("arguments are joined; a process without any has no command line", () => {
  expect(formatCommandLine(Buffer.from("a\0b c\0\0d\0\0"))).toBe("a b c  d");
  expect(formatCommandLine(Buffer.from("\0"))).toBeNull();
  expect(formatCommandLine(Buffer.alloc(0))).toBeNull();
});

test("limits and user are read, unlimited is no number", () => {
  const line = "Max open files            1024                 1048576              files     ";
  expect(parseDescriptorLimit(`Max cpu time\n${line}\n`)).toBe(1024);
  expect(parseDescriptorLimit(line.replace("1024   ", "unlimited"))).toBeNull();
  expect(parseEffectiveUid("Name:\tx\nUid:\t0\t33\t0\t33\n")).toBe(33);
  expect(parseEffectiveUid("")).toBeNull();
});
