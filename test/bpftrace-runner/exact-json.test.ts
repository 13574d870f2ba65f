/** Integers that a number cannot hold keep every digit. */
import { describe, expect, test } from "vitest";
import { parseExactJson } from "../../src/bpftrace-runner/exact-json.ts";

describe("parseExactJson", () => {
  test.each([
    ["9007199254740991", 9007199254740991],
    ["-9007199254740991", -9007199254740991],
    ["9007199254740992", "9007199254740992"],
    ["9223372036854775807", "9223372036854775807"],
    ["-9223372036854775808", "-9223372036854775808"],
    ["18446744073709551615", "18446744073709551615"],
    ["1152921504606846976", "1152921504606846976"],
    ["0.12345678901234567890", Number("0.12345678901234567890")],
    ["1e1234567890123456", Number.POSITIVE_INFINITY],
    ["1e-1234567890123456", 0],
    ["12345678901234567.5", Number("12345678901234567.5")],
  ])("reads %s", (text, value) => {
    expect(parseExactJson(text)).toBe(value);
    expect(parseExactJson(`{"@a": {"k": [${text}]}}`)).toEqual({ "@a": { k: [value] } });
  });

  test("leaves digits in strings and keys alone", () => {
    const value = { 'a"18446744073709551615': "\\18446744073709551615", n: 1 };
    expect(parseExactJson(JSON.stringify(value))).toEqual(value);
    const keys = { "-4611686018427387904": 1, "18446744073709551615,769": 2 };
    expect(parseExactJson(JSON.stringify(keys))).toEqual(keys);
  });

  test("takes what the caller has parsed where no number is too long", () => {
    const parsed = { k: 1 };
    expect(parseExactJson('{"k":1}', parsed)).toBe(parsed);
    expect(parseExactJson('{"k": 18446744073709551615}', { k: 2 ** 64 })).toEqual({
      k: "18446744073709551615",
    });
  });

  test("refuses what JSON refuses, in time, however long", () => {
    expect(() => parseExactJson(`${'"\\'.repeat(30_000)}1234567890123456`)).toThrow(SyntaxError);
  });
});
