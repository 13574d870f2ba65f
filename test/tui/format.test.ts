// Values are written in few columns, and the same value always in the same way.
import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatShortCount,
} from "../../src/tui/format.ts";

describe("formatDuration", () => {
  it.each([
    [0, "0ms"],
    [0.042, "0.04ms"],
    [0.994, "0.99ms"],
    [0.996, "1.0ms"],
    [7.54, "7.5ms"],
    [9.96, "10ms"],
    [950, "950ms"],
    [999.4, "999ms"],
    [999.6, "1.0s"],
    [12_345, "12.3s"],
    [59_940, "59.9s"],
    [59_960, "1m00s"],
    [245_000, "4m05s"],
    [3_599_600, "1h00m"],
    [7_380_000, "2h03m"],
    [86_399_999, "1d00h"],
    [273_600_000, "3d04h"],
    [-1500, "-1.5s"],
    [null, "-"],
    [Number.NaN, "-"],
    [Number.POSITIVE_INFINITY, "-"],
  ])("%s ms is %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it("never takes more than six columns up to 99 days", () => {
    for (let ms = 0.001; ms < 99 * 86_400_000; ms *= 1.013) {
      expect(formatDuration(ms).length).toBeLessThanOrEqual(6);
    }
  });
});

describe("counts and bytes", () => {
  it.each([
    [0, "0", "0"],
    [7, "7", "7"],
    [1234, "1,234", "1.2k"],
    [12_345, "12,345", "12.3k"],
    [99_960, "99,960", "100k"],
    [999_960, "999,960", "1.0M"],
    [1_234_567, "1,234,567", "1.2M"],
    [null, "-", "-"],
  ])("%s is %s in full and %s in short", (n, full, short) => {
    expect(formatCount(n)).toBe(full);
    expect(formatShortCount(n)).toBe(short);
  });

  it("keeps the fraction of a small rate, and does not call it none", () => {
    expect(formatShortCount(0.3)).toBe("0.3");
    expect(formatShortCount(0.01)).toBe("<0.1");
    expect(formatShortCount(-2.5)).toBe("-2.5");
  });

  it("never takes more than five columns for a short count", () => {
    for (let n = 0.001; n < 1e17; n *= 1.017) {
      expect(formatShortCount(n).length).toBeLessThanOrEqual(5);
    }
  });

  it.each([
    [950, "950B"],
    [12_345, "12.3kB"],
    [1_234_567, "1.2MB"],
    [null, "-"],
  ])("%s bytes are %s", (n, text) => {
    expect(formatBytes(n)).toBe(text);
  });
});

describe("times", () => {
  it("writes the time of day in UTC", () => {
    expect(formatClock(Date.UTC(2026, 10, 21, 5, 0, 0, 123))).toBe("05:00:00.123");
  });
});
