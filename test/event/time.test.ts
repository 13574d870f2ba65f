/** Instants and durations as people write them. */
import { describe, expect, test } from "vitest";
import { parseDuration, parseStartedAt, parseTime, toIso } from "../../src/event/time.ts";

const START = "2026-11-21T23:59:58.123456789Z";
const span = { startedAt: START, endNs: 3600e9 };

describe("parseStartedAt", () => {
  test("keeps nanoseconds", () => {
    expect(parseStartedAt(START)).toEqual({ epochNs: 1795305598123456789n });
  });

  test.each([
    ["2026-11-22T01:59:58.123456789+02:00"],
    ["2026-11-21T18:59:58.123456789-0500"],
    ["2026-11-21 23:59:58.123456789"],
    ["2026-11-21T23:59:58,1234567891234Z"],
  ])("reads %s as the same instant", (text) => {
    expect(parseStartedAt(text)).toEqual(parseStartedAt(START));
  });

  test.each(["", "2026-11-21", "2026-11-21T25:00:00Z", "2026-02-30T99:00:00Z", "x".repeat(99_999)])(
    "refuses %s",
    (text) => {
      expect(parseStartedAt(text)).toBeNull();
    },
  );
});

describe("toIso", () => {
  test.each([
    [0, 6, "2026-11-21T23:59:58.123456Z"],
    [0, 9, "2026-11-21T23:59:58.123456789Z"],
    [0, 0, "2026-11-21T23:59:58Z"],
    [1_999_999_999, 3, "2026-11-22T00:00:00.123Z"],
    [-123_456_790, 9, "2026-11-21T23:59:57.999999999Z"],
    [Number.MAX_SAFE_INTEGER, 6, "2027-03-06T05:59:57.378197Z"],
  ])("%d ns with %d digits", (t, digits, text) => {
    expect(toIso(START, t, digits)).toBe(text);
  });

  test("before 1970", () => {
    expect(toIso("1970-01-01T00:00:00Z", -1, 9)).toBe("1969-12-31T23:59:59.999999999Z");
  });

  test("is read back to the nanosecond", () => {
    const started = parseStartedAt(START);
    if (started === null) throw new Error("it is an instant");
    for (let t = -3e15; t < 3e15; t += 123_456_789_012_347) {
      expect(parseTime(toIso(started, t, 9), span)).toBe(t);
    }
  });

  test("of a start that is none is a bug", () => {
    expect(() => toIso("yesterday", 0)).toThrow(RangeError);
  });
});

describe("parseTime", () => {
  test.each([
    ["+1.5s", 1.5e9],
    ["+2m", 120e9],
    ["+1h", 3600e9],
    ["+1h30m", 5400e9],
    ["+250ms", 250e6],
    ["-10s", 3590e9],
    ["-2h", 0],
    ["23:59:58.123456789", 0],
    ["23:59:59", 876_543_211],
    ["00:00:00", 1_876_543_211],
    ["00:30:00.5", 1_802_376_543_211],
    ["2026-11-22T00:00:00Z", 1_876_543_211],
    ["2026-11-21T23:59:58Z", -123_456_789],
  ])("%s", (text, ns) => {
    expect(parseTime(text, span)).toBe(ns);
  });

  test("takes the first such time of day of several", () => {
    const days = { startedAt: START, endNs: 3 * 86_400e9 };
    expect(parseTime("23:59:58", days)).toBe(86_400e9 - 123_456_789);
  });

  test.each([
    [
      "12:00:00",
      /^the recording runs from 2026-11-21T23:59:58\.123Z to 2026-11-22T00:59:58\.123Z$/,
    ],
    ["24:00:00", /no such time of day/],
    ["12:60:00", /no such time of day/],
    ["yesterday", /no ISO 8601 instant/],
    ["", /no ISO 8601 instant/],
    ["+10", /a number and a unit/],
    ["+s", /a number and a unit/],
    ["-", /a number and a unit/],
    ["+9999999h", /at most 104 days/],
    ["1999-01-01T00:00:00Z", /months away/],
  ])("%s is refused", (text, reason) => {
    expect(parseTime(text, span)).toMatch(reason);
  });

  test("counts from the end only when there is one", () => {
    expect(parseTime("-1s", { startedAt: START, endNs: null })).toMatch(/not known/);
    expect(parseTime("23:59:59", { startedAt: START, endNs: null })).toBe(876_543_211);
  });
});

describe("parseDuration", () => {
  test.each([
    ["250ms", 250],
    ["10s", 10_000],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["1h30m", 5_400_000],
    ["1.5h", 5_400_000],
    ["2d", 172_800_000],
    ["0s", 0],
    ["1500us", 1.5],
  ])("%s", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    "",
    "10",
    "s",
    "-5s",
    "5 s",
    "1h 30m",
    "1e3s",
    ".5s",
    "5S",
    "∞s",
    `${"9".repeat(400)}h`,
  ])("%s is refused", (text) => {
    expect(parseDuration(text)).toEqual(expect.any(String));
  });
});
