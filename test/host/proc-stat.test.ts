/** Names that try to be something else. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseProcStat, readStat } from "../../src/host/proc-stat.ts";
import { describeProcess } from "../../src/host/process-info.ts";
import { startChild } from "./start-child.ts";

const NAMED = new URL("fixtures/named.mjs", import.meta.url).pathname;

test.each([
  ["ordinary", "nginx"],
  ["a second set of fields", "x) R 1 (y"],
  ["newlines", "a\nb\n) S 1\n"],
  ["backslashes", "a\\nb\\\\c"],
  ["parentheses", ")))((("],
  ["tabs and escapes", "\t\u001b[2J\u0007"],
  ["more than ASCII", "büße-日本"],
  ["a space only", " "],
])("a process named with %s has that name and its own start", async (_, name) => {
  const child = await startChild(process.execPath, [NAMED, Buffer.from(name).toString("hex")]);
  try {
    const comm = readFileSync(`/proc/${child.pid}/comm`, "utf8").slice(0, -1);
    expect(comm).toBe(name);
    const stat = readStat(child.pid);
    expect(stat).toMatchObject({ pid: child.pid, comm: name, isKernelThread: false });
    const process = await describeProcess(child.pid, stat?.startTicks ?? -1, () => 5);
    expect(process).toMatchObject({ type: "process", t: 5, comm: name, pid: child.pid });
  } finally {
    await child.stop();
  }
});

test("half a UTF-8 character becomes the replacement character and breaks nothing", () => {
  const fields = `S 1 1 1 0 -1 4194304 ${"0 ".repeat(12)}4711 0`;
  const stat = Buffer.concat([
    Buffer.from("42 ("),
    Buffer.from([0xc3]),
    Buffer.from(`) ${fields}`),
  ]);
  expect(parseProcStat(stat)).toEqual({
    pid: 42,
    comm: "\ufffd",
    state: "S",
    parent: 1,
    cpuTicks: 0,
    isKernelThread: false,
    startTicks: 4711,
  });
});

test.each(["", "42", "42 (x", "42 (x) S 1 1"])("no process: %j", (text) => {
  expect(parseProcStat(Buffer.from(text))).toBeNull();
});
