/** However much a program complains, the last 8 KiB are kept. */
import { expect, test } from "vitest";
import { StderrTail } from "../../src/bpftrace-runner/stderr-tail.ts";

test("keeps the end, whatever the chunks", () => {
  const text = Array.from({ length: 5000 }, (_, n) => `line ${n}\n`).join("");
  const lines: string[] = [];
  const tail = new StderrTail((line) => lines.push(line));
  const bytes = Buffer.from(`${text}unfinished`);
  for (let at = 0; at < bytes.length; at += 997) tail.push(bytes.subarray(at, at + 997));
  tail.end();
  expect(tail.text).toBe(`${text}unfinished`.slice(-8192));
  expect(lines).toHaveLength(5001);
  expect(lines.at(-1)).toBe("unfinished");
});
