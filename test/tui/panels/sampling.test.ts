// Seconds fitted into the columns of a chart.
import { describe, expect, it } from "vitest";
import type { SeriesPoint } from "../../../src/core/series.ts";
import { chooseSampling, intoColumns, windowAround } from "../../../src/tui/panels/sampling.ts";

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

describe("windowAround", () => {
  const at = (columns: number, now: number, newest: number) => {
    const around = { points: points(0, now), after: points(now, newest), now: now * 1e9 };
    const window = windowAround(columns, around);
    const shown = intoColumns(window.points, window, (group) => group[0]?.at ?? 0);
    return { ...window, shown, points: window.points.length };
  };

  it("ends at the newest moment where that is shown", () => {
    expect(at(40, 30, 30)).toMatchObject({ step: 1, ahead: 0, points: 30 });
  });

  it("stands still while the moment moves in what fits", () => {
    const late = at(40, 60, 70);
    for (const now of [1, 20, 45]) {
      const early = at(40, now, 70);
      expect(early).toMatchObject({ step: late.step, shown: late.shown });
      expect(early.ahead - late.ahead).toBe(Math.floor(59 / 2) - Math.floor((now - 1) / 2));
    }
  });

  it("keeps a quarter for what came after, where there is more than fits", () => {
    const { ahead, shown, step } = at(40, 1200, 1700);
    expect({ ahead, step }).toEqual({ ahead: 10, step: 30 });
    expect(shown).toHaveLength(40);
    expect(shown.at(-11)).toBe(1170e9);
  });
});
