/** What the ndjson package makes of good, bad and odd rows behind our wrapping. */
import { describe, expect, test } from "vitest";
import { BROKEN, NdjsonLines } from "../../src/store/ndjson-lines.ts";

function parse(text: string): unknown[] {
  return new NdjsonLines().parse(Buffer.from(text));
}

describe("NdjsonLines", () => {
  test("hands out everything before it returns, again and again", () => {
    const lines = new NdjsonLines();
    for (let at = 0; at < 100; at++) {
      expect(lines.parse(Buffer.from(`{"a":${at}}\n[${at}]\n`))).toEqual([{ a: at }, [at]]);
    }
  });

  test("is not ended by a row null, and keeps other plain values", () => {
    const lines = new NdjsonLines();
    expect(lines.parse(Buffer.from('null\n{"a":1}\n null \n0\n""\nfalse\n'))).toEqual([
      null,
      { a: 1 },
      null,
      0,
      "",
      false,
    ]);
    expect(lines.parse(Buffer.from('{"b":2}\n'))).toEqual([{ b: 2 }]);
  });

  test("puts a mark where a line was broken", () => {
    expect(parse('{"a":1}\n{"a":\n}\n{"b":2}\nundefined\n')).toEqual([
      { a: 1 },
      BROKEN,
      BROKEN,
      { b: 2 },
      BROKEN,
    ]);
  });

  test("survives ten thousand broken lines", () => {
    const values = parse("{\n".repeat(10_000));
    expect(values.length).toBe(10_000);
    expect(values.every((value) => value === BROKEN)).toBe(true);
  });

  test("takes CRLF, and no blank line for a broken one", () => {
    expect(parse('{"a":1}\r\n\r\n\n{"b":2}\r\n')).toEqual([{ a: 1 }, { b: 2 }]);
    expect(parse('{"a":1}\n\n\n{"b":2}\n')).toEqual([{ a: 1 }, { b: 2 }]);
  });

  test("does not split at U+2028, U+2029, U+0085, VT or FF", () => {
    const name = "a\u2028b\u2029c\u0085d";
    expect(parse(`${JSON.stringify({ name })}\n`)).toEqual([{ name }]);
    expect(parse('{"a":1}\v\f{"b":2}\n')).toEqual([BROKEN]);
  });

  test("replaces bytes that are no UTF-8", () => {
    const bytes = Buffer.concat([
      Buffer.from('{"a":"'),
      Buffer.of(0xff, 0xc3),
      Buffer.from('"}\n'),
    ]);
    expect(new NdjsonLines().parse(bytes)).toEqual([{ a: "\ufffd\ufffd" }]);
  });
});
