// A table shows what is visible, keeps its columns, and its selection follows what was selected.
import { describe, expect, it } from "vitest";
import { paintTable, placeColumns, type TableColumn, type TableData } from "../../src/tui/table.ts";
import {
  moveCursor,
  pointCursor,
  START_CURSOR,
  settleCursor,
  type TableCursor,
} from "../../src/tui/table-cursor.ts";
import { paintGrid } from "./paint.ts";

const COLUMNS: readonly TableColumn[] = [
  { id: "name", title: "NAME", width: 8, grow: 1 },
  { id: "age", title: "AGE", width: 6, align: "right" },
  { id: "sent", title: "SENT", width: 6, align: "right", optional: 1 },
];

const keysOf = (count: number) => Array.from({ length: count }, (_, i) => `k${i}`);

function data(count: number, more: Partial<TableData> = {}): TableData {
  return {
    columns: COLUMNS,
    count,
    cursor: START_CURSOR,
    row: (index) => ({ key: `k${index}`, cells: [`name-${index}`, `${index}s`, String(index)] }),
    ...more,
  };
}

describe("paintTable", () => {
  it("shows header, rows, selection, sort mark and scroll position", () => {
    const cursor: TableCursor = { key: "k11", index: 11, top: 10 };
    const sort = { column: "age", descending: true };
    const grid = paintGrid(30, 5, (painter) =>
      paintTable(painter, data(20, { cursor, sort, focused: true })),
    );
    expect(grid.text().split("\n")).toEqual([
      " NAME            AGE▼   SENT",
      " name-10          10s     10 │",
      "▸name-11          11s     11 │",
      " name-12          12s     12 █",
      " name-13          13s     13 │",
    ]);
  });

  it("asks for visible rows only, out of a million", () => {
    const asked: number[] = [];
    const row = (index: number) => {
      asked.push(index);
      return { key: `k${index}`, cells: [] };
    };
    const cursor: TableCursor = { key: "k500000", index: 500_000, top: 499_990 };
    paintGrid(40, 21, (painter) => paintTable(painter, data(1_000_000, { row, cursor })));
    expect(asked).toHaveLength(20);
    expect(asked[0]).toBe(499_990);
  });

  it("says that it is empty", () => {
    const grid = paintGrid(30, 5, (painter) => paintTable(painter, data(0, { empty: "nothing" })));
    expect(grid.text()).toContain("           nothing");
  });

  it("draws nothing it has no room for, at any size", () => {
    for (let cols = 0; cols < 40; cols++) {
      for (let rows = 0; rows < 6; rows++) {
        const grid = paintGrid(cols, rows, (painter) =>
          paintTable(painter, data(9, { focused: true })),
        );
        expect(
          grid
            .text()
            .split("\n")
            .every((line) => line.length <= cols),
        ).toBe(true);
      }
    }
  });

  it("keeps a state's colour on the selection's background", () => {
    const cells = [{ text: "CLOSE_WAIT", paint: "CLOSE_WAIT" as const }];
    const row = (index: number) => ({ key: `k${index}`, cells });
    const cursor: TableCursor = { key: "k0", index: 0, top: 0 };
    const grid = paintGrid(30, 3, (painter) =>
      paintTable(painter, data(2, { row, cursor, focused: true })),
    );
    expect(grid.cell(1, 1)).toMatchObject({ ch: "C", fg: 203, bg: 24 });
    expect(grid.cell(1, 2)).toMatchObject({ ch: "C", fg: 203, bg: null });
    expect(grid.cell(20, 1)).toMatchObject({ ch: " ", bg: 24 });
  });
});

describe("placeColumns", () => {
  it("does not depend on rows, gives what is left to what grows, drops what is optional", () => {
    const widths = (width: number) =>
      placeColumns(COLUMNS, width).map((c) => [c.column.id, c.width]);
    expect(widths(25)).toEqual([
      ["name", 8],
      ["age", 6],
      ["sent", 6],
    ]);
    expect(widths(45)).toEqual([
      ["name", 28],
      ["age", 6],
      ["sent", 6],
    ]);
    expect(widths(24)).toEqual([
      ["name", 14],
      ["age", 6],
    ]);
    expect(widths(5)).toEqual([
      ["name", 8],
      ["age", 6],
    ]);
  });
});

describe("the cursor", () => {
  it("follows its row when rows come and go before it", () => {
    const cursor = moveCursor(START_CURSOR, "bottom", keysOf(5), 10);
    expect(cursor).toMatchObject({ key: "k4", index: 4 });
    expect(settleCursor(cursor, ["new", ...keysOf(5)], 10)).toMatchObject({ key: "k4", index: 5 });
    expect(settleCursor(cursor, ["k4"], 10)).toMatchObject({ key: "k4", index: 0 });
  });

  it("takes the neighbour when its row has gone", () => {
    const cursor: TableCursor = { key: "k2", index: 2, top: 0 };
    expect(settleCursor(cursor, ["k0", "k1", "k3", "k4"], 10)).toMatchObject({
      key: "k3",
      index: 2,
    });
    expect(settleCursor(cursor, ["k0"], 10)).toMatchObject({ key: "k0", index: 0 });
  });

  it("finds its row again after the table was empty for a while", () => {
    const cursor: TableCursor = { key: "k2", index: 2, top: 1 };
    const emptied = settleCursor(cursor, [], 10);
    expect(emptied).toEqual({ key: "k2", index: 2, top: 0 });
    expect(settleCursor(emptied, keysOf(5), 10).key).toBe("k2");
  });

  it.each([
    ["down", 1, 0],
    ["up", 0, 0],
    ["bottom", 99, 90],
    ["page-down", 9, 0],
    ["half-page-down", 5, 0],
  ] as const)("moves %s from the first of 100 rows to %i", (motion, index, top) => {
    expect(moveCursor(START_CURSOR, motion, keysOf(100), 10)).toEqual({
      key: `k${index}`,
      index,
      top,
    });
  });

  it("stops at the ends and keeps the selection in view", () => {
    const keys = keysOf(30);
    let cursor = START_CURSOR;
    const seen: number[] = [];
    for (let i = 0; i < 40; i++) {
      cursor = moveCursor(cursor, "down", keys, 7);
      seen.push(cursor.index);
      expect(cursor.index - cursor.top).toBeLessThan(7);
    }
    expect(seen.at(-1)).toBe(29);
    cursor = moveCursor(cursor, "page-up", keys, 7);
    expect(cursor).toMatchObject({ index: 23, top: 23 });
    expect(moveCursor(cursor, "top", keys, 7)).toMatchObject({ index: 0, top: 0 });
    expect(moveCursor(START_CURSOR, "down", [], 7)).toMatchObject({ key: null });
  });

  it("is set by a click on a row, and not by one below the rows", () => {
    const cursor: TableCursor = { key: "k4", index: 4, top: 3 };
    expect(pointCursor(cursor, 2, keysOf(6))).toEqual({ key: "k5", index: 5, top: 3 });
    expect(pointCursor(cursor, 3, keysOf(6))).toBe(cursor);
  });
});
