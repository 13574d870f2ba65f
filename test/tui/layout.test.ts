// A layout has no gaps and no overlaps, at any size.
import { describe, expect, it } from "vitest";
import { sizeClass } from "../../src/tui/breakpoints.ts";
import { centered, type LayoutNode, layOut } from "../../src/tui/layout.ts";
import { randomNumbers } from "./random.ts";

const dashboard: LayoutNode = {
  split: "rows",
  parts: [
    { name: "header", size: 2 },
    {
      split: "columns",
      weight: 2,
      min: 6,
      parts: [
        { name: "chart", weight: 2, min: 20 },
        { name: "counts", weight: 1, max: 40 },
      ],
    },
    { name: "table", weight: 3 },
    { name: "status", size: 1 },
  ],
};

function cover(cols: number, rows: number, description: LayoutNode): Uint8Array {
  const cells = new Uint8Array(cols * rows);
  for (const rect of layOut(cols, rows, description).values()) {
    expect(rect.x).toBeGreaterThanOrEqual(0);
    expect(rect.y).toBeGreaterThanOrEqual(0);
    expect(rect.x + rect.width).toBeLessThanOrEqual(cols);
    expect(rect.y + rect.height).toBeLessThanOrEqual(rows);
    for (let y = rect.y; y < rect.y + rect.height; y++) {
      for (let x = rect.x; x < rect.x + rect.width; x++) {
        const at = y * cols + x;
        cells[at] = (cells[at] ?? 0) + 1;
      }
    }
  }
  return cells;
}

function randomNode(next: () => number, depth: number, names: { count: number }): LayoutNode {
  const share =
    next() < 0.3
      ? { size: Math.floor(next() * 12) }
      : { weight: 1 + next() * 3, min: Math.floor(next() * 8) };
  if (depth === 0 || next() < 0.3) return { name: `p${names.count++}`, ...share };
  const parts = Array.from({ length: 1 + Math.floor(next() * 4) }, () =>
    randomNode(next, depth - 1, names),
  );
  const split = next() < 0.5 ? "rows" : "columns";
  return { split, parts: [...parts, { name: `p${names.count++}` }], ...share };
}

describe("layOut", () => {
  it("gives whole cells at 80x24", () => {
    expect(Object.fromEntries(layOut(80, 24, dashboard))).toEqual({
      header: { x: 0, y: 0, width: 80, height: 2 },
      chart: { x: 0, y: 2, width: 60, height: 12 },
      counts: { x: 60, y: 2, width: 20, height: 12 },
      table: { x: 0, y: 14, width: 80, height: 9 },
      status: { x: 0, y: 23, width: 80, height: 1 },
    });
  });

  it("gives what a maximum leaves to the others", () => {
    const places = layOut(200, 60, dashboard);
    expect(places.get("counts")?.width).toBe(40);
    expect(places.get("chart")?.width).toBe(160);
  });

  it("covers every cell exactly once for random descriptions and sizes", () => {
    const next = randomNumbers(7);
    for (let round = 0; round < 400; round++) {
      const [cols, rows] = [1 + Math.floor(next() * 220), 1 + Math.floor(next() * 70)];
      const node: LayoutNode = {
        split: "rows",
        parts: [randomNode(next, 3, { count: 0 }), { name: "rest" }],
      };
      const cells = cover(cols, rows, node);
      expect(cells.every((times) => times === 1)).toBe(true);
    }
  });

  it("leaves out what has no room, and never throws", () => {
    expect([...layOut(3, 1, dashboard).keys()]).toEqual(["header"]);
    expect(layOut(0, 0, dashboard).size).toBe(0);
  });

  it("centres within the bounds", () => {
    const outer = { x: 1, y: 1, width: 10, height: 4 };
    expect(centered(outer, 4, 2)).toEqual({ x: 4, y: 2, width: 4, height: 2 });
    expect(centered(outer, 99, 99)).toEqual(outer);
  });
});

describe("sizeClass", () => {
  it.each([
    [59, 40, "too-small"],
    [60, 15, "too-small"],
    [60, 16, "compact"],
    [80, 24, "small"],
    [200, 29, "small"],
    [120, 30, "medium"],
    [160, 45, "large"],
    [200, 60, "wide"],
  ])("%ix%i is %s", (cols, rows, name) => {
    expect(sizeClass(cols, rows)).toBe(name);
  });
});
