import stringWidth from "string-width";
import { expect, test } from "vitest";
import { safeText } from "../../src/event/safe-text.ts";
import { clockOf, timeOfIso } from "../../src/export/clock.ts";
import { columnsOf, fitLeft, fitRight, wrap } from "../../src/export/columns.ts";
import { countOf, countText, durationText, milliseconds } from "../../src/export/duration.ts";
import { jsonText } from "../../src/export/json-text.ts";
import { inPieces } from "../../src/export/pieces.ts";
import { hostileNames } from "./hostile-names.ts";

test.each([
  [0, "0 ms"],
  [41_000, "0.041 ms"],
  [1_840_000, "1.84 ms"],
  [12_000_000, "12 ms"],
  [999_600_000, "1 s"],
  [4_020_000_000, "4.02 s"],
  [59_940_000_000, "59.9 s"],
  [59_960_000_000, "1 min"],
  [106_400_000_000, "1 min 46 s"],
  [3_599_600_000_000, "1 h"],
  [7_380_000_000_000, "2 h 3 min"],
  [90_000_000_000_000, "1 d 1 h"],
  [-12_000_000, "-12 ms"],
])("%d ns is %s", (ns, text) => {
  expect(durationText(ns)).toBe(text);
});

test("milliseconds keep the microsecond and no more", () => {
  expect(milliseconds(0, 1_234_567)).toBe(1.235);
});

test("counts", () => {
  expect([countText(0), countText(1234), countText(12_345_678)]).toEqual([
    "0",
    "1,234",
    "12,345,678",
  ]);
  expect([countOf(1, "re-send"), countOf(2, "re-send")]).toEqual(["1 re-send", "2 re-sends"]);
});

test("a clock tells microseconds, days and moments between two nanoseconds", () => {
  const clock = clockOf("2026-11-21T23:59:59.123456789Z");
  expect(clock.iso(0)).toBe("2026-11-21T23:59:59.123456Z");
  expect(clock.iso(0.4)).toBe("2026-11-21T23:59:59.123456Z");
  expect(clock.day(1e9)).toBe("2026-11-22");
  expect(clock.time(1e9, 3)).toBe("00:00:00.123");
  expect(timeOfIso(clock.iso(0))).toBe("23:59:59.123");
  expect(() => clockOf("yesterday")).toThrow(RangeError);
});

test("columns agree with string-width on safe names", () => {
  const names = ["nginx", "界面", "한글", "ｆｕｌｌ", "a\u0301", "🙂", "é", "…", "αβγ"];
  expect(names.map(columnsOf)).toEqual(names.map((name) => stringWidth(name)));
});

test("texts are cut and padded to exactly so many columns", () => {
  for (const name of hostileNames(2000, 7).map((name) => safeText(name))) {
    for (const columns of [1, 2, 7, 40]) {
      expect(columnsOf(fitLeft(name, columns))).toBe(columns);
      expect(columnsOf(fitRight(name, columns))).toBe(columns);
    }
  }
});

test("wrapping loses no word and keeps to its columns", () => {
  for (const name of hostileNames(2000, 8).map((name) => safeText(name))) {
    const lines = wrap(`${name} and ${name}`, 12);
    expect(lines.every((line) => columnsOf(line) <= 12)).toBe(true);
    expect(lines.join("").replaceAll(" ", "")).toBe(`${name}and${name}`.replaceAll(" ", ""));
  }
});

test("JSON text is what JSON.parse gives back, without one invisible character", () => {
  for (const name of hostileNames(2000, 9)) {
    const text = jsonText({ name });
    expect(JSON.parse(text)).toEqual({ name });
    expect(text).not.toMatch(/\p{C}|[\u2028\u2029]/u);
  }
});

test("pieces are the same text in fewer parts", () => {
  const lines = Array.from({ length: 10_000 }, (_, i) => `line ${i}\n`);
  const pieces = [...inPieces(lines)];
  expect(pieces.join("")).toBe(lines.join(""));
  expect(pieces.length).toBeLessThan(5);
  expect([...inPieces([])]).toEqual([]);
});
