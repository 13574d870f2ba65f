// Seconds fitted into the columns of a chart.
import { describe, expect, it } from "vitest";
import type { SeriesPoint } from "../../../src/core/series.ts";
import { chooseSampling, intoColumns } from "../../../src/tui/panels/sampling.ts";

const points = (from: number, to: number): SeriesPoint[] =>
  Array.from({ length: to - from }, (_, i) => ({
    at: (from + i) * 1e9,
    transitions: from + i,
    retransmits: 0,
    resets: 0,
    states: {},
  }));

const highest = (group: readonly SeriesPoint[]) =>
  Math.max(...group.map((each) => each.transitions));

describe("chooseSampling", () => {
  it.each([
    [40, 10, 1],
    [40, 41, 2],
    [40, 300, 8],
    [40, 100_000, 30],
    [400, 100_000, 3],
    [1, 100_000, 60],
  ])("%i columns, %i s of trace: %i s a column", (columns, elapsed, step) => {
    expect(chooseSampling(columns, elapsed)).toEqual({ step, seconds: step * columns });
  });
});

describe("intoColumns", () => {
  const sampling = { step: 5, seconds: 20 };

  it("joins by multiples of the step since the trace began", () => {
    expect(intoColumns(points(3, 12), sampling, highest)).toEqual([4, 9, 11]);
  });

  it("keeps a peak in its column while time goes on", () => {
    const before = intoColumns(points(0, 20), sampling, highest);
    const after = intoColumns(points(0, 22), sampling, highest);
    expect(after.slice(0, 3)).toEqual(before.slice(1));
  });

  it("gives no more columns than there are", () => {
    expect(intoColumns(points(0, 99), sampling, highest)).toHaveLength(4);
    expect(intoColumns([], sampling, highest)).toEqual([]);
  });
});
