/** Cutting the bytes anywhere changes nothing. */
import { describe, expect, test } from "vitest";
import { LineSplitter } from "../../src/bpftrace-runner/line-splitter.ts";

function split(chunks: readonly Buffer[], maxBytes = 1024) {
  const splitter = new LineSplitter(maxBytes);
  const lines = chunks.flatMap((chunk) => splitter.push(chunk));
  const last = splitter.end();
  return { lines: last === undefined ? lines : [...lines, last], overlong: splitter.overlong };
}

describe("LineSplitter", () => {
  const text = "first\n\nžluťoučký 🐎\u2028same line\r\nlast without newline";
  const whole = Buffer.from(text);

  test("cuts at LF only", () => {
    expect(split([whole]).lines).toEqual(text.split("\n"));
  });

  test("gives the same wherever two cuts fall", () => {
    for (let a = 0; a <= whole.length; a += 1) {
      for (let b = a; b <= whole.length; b += 3) {
        const chunks = [whole.subarray(0, a), whole.subarray(a, b), whole.subarray(b)];
        expect(split(chunks).lines).toEqual(text.split("\n"));
      }
    }
  });

  test("has no last line behind a final LF", () => {
    expect(split([Buffer.from("a\n")]).lines).toEqual(["a"]);
  });

  test.each([1, 2, 3, 7, 100])("skips and counts long lines, in chunks of %i", (size) => {
    const bytes = Buffer.from(`${"x".repeat(11)}\n${"y".repeat(10)}\n${"z".repeat(50)}\nend\n`);
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    expect(split(chunks, 10)).toEqual({ lines: ["y".repeat(10), "end"], overlong: 2 });
  });

  test("counts a long line that never ends once", () => {
    const chunks = Array.from({ length: 20 }, () => Buffer.alloc(10, "x"));
    expect(split(chunks, 25)).toEqual({ lines: [], overlong: 1 });
  });
});
