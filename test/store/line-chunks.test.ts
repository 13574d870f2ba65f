/** Cutting the bytes anywhere changes nothing, and no long line is held or let through. */
import { describe, expect, test } from "vitest";
import { LineChunks, MAX_LINE_BYTES } from "../../src/store/line-chunks.ts";
import { seeded } from "../event/seeded.ts";

function cut(chunks: readonly Buffer[]): { found: string[]; rest: string } {
  const cutter = new LineChunks();
  const found: string[] = [];
  const sink = {
    lines: (bytes: Buffer) => {
      expect(bytes.at(-1)).toBe(0x0a);
      found.push(...bytes.toString().slice(0, -1).split("\n"));
    },
    overlong: () => found.push("OVERLONG"),
  };
  for (const chunk of chunks) {
    const reused = Buffer.from(chunk);
    cutter.push(reused, sink);
    reused.fill(0x58);
  }
  return { found, rest: cutter.end().toString() };
}

const text = "first\n\nžluťoučký 🐎\u2028same line\r\nwithout end";

describe("LineChunks", () => {
  test("gives the same wherever two cuts fall", () => {
    const whole = Buffer.from(text);
    for (let a = 0; a <= whole.length; a++) {
      for (let b = a; b <= whole.length; b++) {
        const { found, rest } = cut([
          whole.subarray(0, a),
          whole.subarray(a, b),
          whole.subarray(b),
        ]);
        expect([...found, rest]).toEqual(text.split("\n"));
      }
    }
  });

  test("takes a line of exactly the cap and none of one byte more", () => {
    const fits = "f".repeat(MAX_LINE_BYTES);
    const over = "o".repeat(MAX_LINE_BYTES + 1);
    for (const size of [1000, 65_535, 65_536, 65_537, 1 << 20]) {
      const whole = Buffer.from(`a\n${fits}\n${over}\nb\n${over}\n${over}\n${fits}\nc\n`);
      const chunks: Buffer[] = [];
      for (let at = 0; at < whole.length; at += size) chunks.push(whole.subarray(at, at + size));
      const { found } = cut(chunks);
      expect(found).toEqual(["a", fits, "OVERLONG", "b", "OVERLONG", "OVERLONG", fits, "c"]);
    }
  });

  test.each([1, 2, 3, 4])("long and short lines in random chunks, seed %i", (seed) => {
    const chance = seeded(seed);
    const lines = Array.from({ length: 60 }, (_, at) =>
      String(at % 10).repeat(chance(4) === 0 ? chance(200_000) : chance(300)),
    );
    const whole = Buffer.from(`${lines.join("\n")}\n`);
    const chunks: Buffer[] = [];
    for (let at = 0; at < whole.length; ) {
      const size = 1 + chance(150_000);
      chunks.push(whole.subarray(at, at + size));
      at += size;
    }
    const expected = lines.map((line) => (line.length > MAX_LINE_BYTES ? "OVERLONG" : line));
    expect(cut(chunks).found).toEqual(expected);
  });

  test("counts 600 MB without an LF once and holds none of it", () => {
    const cutter = new LineChunks();
    let overlong = 0;
    const sink = { lines: () => {}, overlong: () => overlong++ };
    const chunk = Buffer.alloc(1 << 20, "x");
    const before = process.memoryUsage().arrayBuffers;
    for (let at = 0; at < 600; at++) cutter.push(chunk, sink);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 << 20);
    expect([overlong, cutter.end().length]).toEqual([1, 0]);
  });
});
