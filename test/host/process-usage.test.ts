/** CPU time and memory out of /proc/PID/stat. */
import { expect, test } from "vitest";
import { parseUsage, readUsage } from "../../src/host/process-usage.ts";

test("a name with spaces and parentheses moves no field", () => {
  const fields = ["S", ...Array.from({ length: 10 }, () => "1"), "123", "45", "0", "0"];
  const rest = ["20", "0", "1", "0", "999", "4096000", "250", "0"];
  expect(parseUsage(Buffer.from(`42 (x) R 1 (y) ${[...fields, ...rest].join(" ")}`))).toEqual({
    cpuMs: 1680,
    memoryBytes: 250 * 4096,
  });
});

test("a line that is none", () => {
  expect(parseUsage(Buffer.from(""))).toBeNull();
  expect(parseUsage(Buffer.from("42 (x) S 1 2"))).toBeNull();
});

test("this process has taken something, and one that is gone tells nothing", () => {
  const usage = readUsage(process.pid);
  expect(usage?.cpuMs).toBeGreaterThan(0);
  expect(usage?.memoryBytes).toBeGreaterThan(1_000_000);
  expect(readUsage(2 ** 22 + 1)).toBeNull();
});
