// Charts are true to their values, steady, and never fail for want of room.
import { afterEach, describe, expect, it } from "vitest";
import { type ChartData, createChart, plotColumns } from "../../src/tui/chart.ts";
import { paintArea, stackColumn } from "../../src/tui/chart-area.ts";
import { chooseScale, scaleLabels } from "../../src/tui/chart-scale.ts";
import { glyphsFor } from "../../src/tui/glyphs.ts";
import { barPieces, exactBar, sparkline } from "../../src/tui/spark.ts";
import { type Mounted, type MountOptions, mount } from "./harness.ts";
import { paintGrid } from "./paint.ts";

let mounted: Mounted | null = null;

afterEach(() => {
  mounted?.close();
  mounted = null;
});

async function chartText(cols: number, rows: number, data: ChartData, options?: MountOptions) {
  mounted?.close();
  const screen = mount(cols, rows, options);
  mounted = screen;
  const chart = createChart(screen.terminal.screen);
  await screen.draw((painter) => chart.paint(painter, data));
  return screen.text().split("\n");
}

const ramp = (length: number, factor = 1) => Array.from({ length }, (_, i) => i * factor);
const area = (values: Array<number | null>, ...more: Array<Array<number | null>>): ChartData => ({
  kind: "area",
  sampleMs: 1000,
  series: [values, ...more].map((v, i) => ({
    name: `s${i + 1}`,
    values: v,
    paint: `series-${i + 1}` as "series-1",
  })),
});

describe("a chart", () => {
  it("stacks areas to an eighth of a row, with axes and marks", async () => {
    expect(await chartText(24, 6, area(ramp(17, 2)))).toEqual(
      [
        " ● s1    32",
        "   32┤             ▂▄▆█",
        "     │         ▂▄▆█████",
        "   16┤     ▂▄▆█████████●",
        "     │ ▂▄▆█████████████",
        "    0└-17s──────────now",
      ].map((line) => line.replace(/ +$/, "")),
    );
  });

  it("draws lines that begin and end at their values", async () => {
    const data: ChartData = { ...area(ramp(17, 2)), kind: "lines" };
    const text = await chartText(24, 6, data);
    expect(text[1]).toMatch(/[⠀-⣿]●$/u);
    expect(text[4]).toMatch(/│[⠁-⣿]/u);
    expect(
      text
        .slice(1, 5)
        .join("")
        .replace(/[^⠁-⣿]/gu, "").length,
    ).toBeGreaterThanOrEqual(17);
  });

  it("leaves a hole where nothing is known", async () => {
    const values = [...ramp(6, 2), null, null, ...ramp(9, 2)];
    for (const kind of ["area", "lines"] as const) {
      const text = await chartText(24, 8, { ...area(values), kind });
      for (const line of text.slice(1, 7)) expect(line.slice(12, 14).trim()).toBe("");
    }
  });

  it("shows the newest values that fit, and says how far back they reach", async () => {
    expect(plotColumns(24)).toBe(17);
    const text = await chartText(24, 6, area([...ramp(500, 0).fill(9), ...ramp(17, 0).fill(4)]));
    expect(text[1]).toContain("4┤█");
    expect(text[5]).toContain("-17s");
  });

  it("is legible from 38x8 on, with all names, for three series", async () => {
    const text = await chartText(38, 8, area(ramp(31), ramp(31), ramp(31)));
    expect(text[0]).toBe(" ● s1    30  ▲ s2    30  ■ s3    30");
    expect(text[7]).toContain("-31s");
    expect(text[7]).toContain("now");
  });

  it.each(["area", "lines"] as const)(
    "never fails as %s, whatever the size and values",
    async (kind) => {
      const screen = mount(70, 25);
      mounted = screen;
      const odd = [0, Number.NaN, -5, 1e15, null, 0.001, Number.POSITIVE_INFINITY];
      for (const values of [[], [0], [7], odd, ramp(300), ramp(40).map(() => 0)]) {
        const chart = createChart(screen.terminal.screen);
        for (let cols = 0; cols <= 70; cols += 3) {
          for (let rows = 0; rows <= 25; rows += 2) {
            screen.terminal.draw((painter) => {
              const part = painter.within({ x: 0, y: 0, width: cols, height: rows });
              chart.paint(part, { ...area(values, values), kind });
            });
            expect(screen.terminal.frame.text()).not.toMatch(/undefined|NaN|Infinity/);
          }
        }
      }
      await screen.settle();
      expect(screen.text()).toBe(screen.terminal.frame.text());
    },
  );

  it("keeps the words and the lines of a terminal without UTF-8 in ASCII", async () => {
    for (const kind of ["area", "lines"] as const) {
      const text = await chartText(
        30,
        8,
        { ...area(ramp(23), ramp(23)), kind },
        { glyphs: "ascii" },
      );
      expect(text.join("\n")).toMatch(/^[ -~\n]*$/);
      expect(text.join("")).toContain(kind === "area" ? "#" : "^");
    }
  });
});

describe("paintArea", () => {
  const layers = (...values: number[]) =>
    values.map((value, i) => ({ values: [value], paint: `series-${i + 1}` as "series-1" }));
  const colors = (...values: number[]) => {
    const scale = { rows: 3, step: 8, max: 24 };
    const grid = paintGrid(1, 3, (painter) => paintArea(painter, layers(...values), scale));
    return [0, 1, 2].map((y) => {
      const { ch, fg, bg } = grid.cell(0, y);
      return [ch, fg, bg];
    });
  };
  const [first, second, third] = [72, 68, 179];

  it("puts the boundary of two layers into one cell", () => {
    expect(colors(3, 11)).toEqual([
      [" ", null, null],
      ["▆", second, null],
      ["▃", first, second],
    ]);
  });

  it("shows a thin layer in between rather than a neighbour that is seen elsewhere", () => {
    expect(colors(1, 2, 21)).toEqual([
      ["█", third, null],
      ["█", third, null],
      ["▁", first, second],
    ]);
  });

  it("shows a thin layer at the top of a column, and keeps the column's height", () => {
    expect(colors(10, 0, 1)).toEqual([
      [" ", null, null],
      ["▃", third, null],
      ["█", first, null],
    ]);
  });
});

describe("stackColumn", () => {
  it("ends each layer at its share", () => {
    expect(stackColumn([10, 20, 10], { rows: 5, step: 8, max: 40 }, 8)).toEqual([10, 30, 40]);
  });

  it("shows what is rare: one timeout above a thousand closes", () => {
    expect(stackColumn([1000, 0, 1], { rows: 4, step: 500, max: 2000 }, 8)).toEqual([16, 16, 17]);
    expect(stackColumn([1, 1000], { rows: 4, step: 500, max: 2000 }, 8)).toEqual([1, 16]);
  });

  it("never leaves the plot", () => {
    expect(stackColumn([5000, 1, null, -3], { rows: 4, step: 1, max: 4 }, 8)).toEqual([
      32, 32, 32, 32,
    ]);
  });
});

describe("chooseScale", () => {
  it("labels rows with round values up to the top", () => {
    const scale = chooseScale(290, 8);
    expect(scale).toEqual({ rows: 8, step: 40, max: 320 });
    expect(scaleLabels(scale)).toEqual([
      { row: 0, value: 320 },
      { row: 2, value: 240 },
      { row: 4, value: 160 },
      { row: 6, value: 80 },
    ]);
  });

  it("covers the highest value and wastes less than half, at any height", () => {
    for (let rows = 1; rows < 30; rows++) {
      for (let max = 0.01; max < 1e7; max *= 1.37) {
        const scale = chooseScale(max, rows);
        expect(scale.max).toBeGreaterThanOrEqual(max * 0.999_999);
        expect(scale.max).toBeLessThanOrEqual(max * 1.7);
      }
    }
  });

  it("labels what is counted with whole numbers", () => {
    for (const rows of [2, 3, 6, 9, 13, 40]) {
      for (let max = 0; max < 300; max++) {
        const scale = chooseScale(max, rows, null, true);
        expect(scale.max).toBeGreaterThanOrEqual(max * 0.999_999);
        for (const { value } of scaleLabels(scale)) {
          expect(Math.abs(value - Math.round(value))).toBeLessThan(1e-9);
        }
      }
    }
  });

  it("stays while it fits, grows at once, shrinks when much too large", () => {
    const scale = chooseScale(100, 4);
    expect(chooseScale(60, 4, scale)).toBe(scale);
    expect(chooseScale(101, 4, scale).max).toBeGreaterThan(scale.max);
    expect(chooseScale(30, 4, scale).max).toBeLessThan(scale.max);
    expect(chooseScale(60, 5, scale)).not.toBe(scale);
    const idle = chooseScale(0, 4);
    expect(chooseScale(0, 4, idle)).toBe(idle);
  });
});

describe("charts in a line", () => {
  const full = glyphsFor("full");
  it("draw values as blocks, none of them lost", () => {
    expect(sparkline([0, 1, 1000, null, 500], 7, full)).toBe("   ▁█ ▄");
    expect(sparkline([1, 2, 3], 2, full)).toBe("▅█");
    expect(sparkline([2, 4], 2, full, { max: 8 })).toBe("▂▄");
    expect(sparkline([1, 9], 2, full, { isInList: true })).toBe("▁▇");
    expect(sparkline([], 3, full)).toBe("   ");
    expect(sparkline([1], 0, full)).toBe("");
    expect(sparkline([1, 9], 2, glyphsFor("ascii"))).toBe(".#");
  });

  it("draw a part of a whole, and show any part above zero", () => {
    expect(barPieces(0.5, 4, full)).toEqual({ full: "██", rest: "░░" });
    expect(barPieces(0.001, 4, full)).toEqual({ full: "█", rest: "░░░" });
    expect(barPieces(0, 4, full)).toEqual({ full: "", rest: "░░░░" });
    expect(barPieces(7, 4, full)).toEqual({ full: "████", rest: "" });
    expect(barPieces(Number.NaN, 2, full)).toEqual({ full: "", rest: "░░" });
    expect(barPieces(1, 0, full)).toEqual({ full: "", rest: "" });
    expect(exactBar(0.4, 4, full)).toBe("█▋");
    expect(exactBar(0.001, 4, full)).toBe("▏");
    expect(exactBar(7, 4, full)).toBe("████");
    expect(exactBar(0, 4, full)).toBe("");
    expect(exactBar(0.4, 4, glyphsFor("console"))).toBe("█▌");
    expect(exactBar(0.001, 4, glyphsFor("ascii"))).toBe("#");
  });
});
