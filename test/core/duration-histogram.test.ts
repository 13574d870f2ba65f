/** Percentiles of durations, against the sorted list of them. */
import { expect, test } from "vitest";
import { DurationHistogram } from "../../src/core/duration-histogram.ts";

const US = 1e3;
const MS = 1e6;
const SECOND = 1e9;

test.each([
  ["of a few microseconds", [16 * US, 18 * US, 20 * US, 50 * US, 54 * US, 65 * US, 76 * US]],
  ["around a millisecond", [0.4 * MS, 0.9 * MS, 1.1 * MS, 2.2 * MS, 3.4 * MS]],
  ["from nothing to an hour", [0, 300, 5 * US, 7 * MS, SECOND, 61 * SECOND, 3600 * SECOND]],
])("%s are at most 1.6 %% too high", (_name, durations) => {
  const histogram = new DurationHistogram();
  for (const ns of durations) histogram.record(ns);
  const sorted = [...durations].sort((a, b) => a - b);
  const { p50, p90, p99, max } = histogram.percentiles();
  for (const [share, told] of [
    [0.5, p50],
    [0.9, p90],
    [0.99, p99],
    [1, max],
  ] as const) {
    const exact = (sorted[Math.ceil(sorted.length * share) - 1] ?? 0) / MS;
    // Told in whole microseconds.
    expect(told).toBeGreaterThanOrEqual(exact - 0.0006);
    expect(told).toBeLessThanOrEqual(exact * 1.016 + 0.0006);
  }
});

test("one duration is told as it is, one before the clock as none", () => {
  const one = new DurationHistogram();
  one.record(37 * US, 5);
  expect(one.percentiles()).toEqual({ p50: 0.037, p90: 0.037, p99: 0.037, max: 0.037 });
  const early = new DurationHistogram();
  early.record(-5);
  expect(early.percentiles()).toEqual({ p50: 0, p90: 0, p99: 0, max: 0 });
});
