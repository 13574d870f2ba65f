// Orders of a list: by column, either way, and back to the list's own.
import { describe, expect, it } from "vitest";
import { type SortColumn, shiftOrder, sortRows } from "../../src/tui/sorting.ts";

type Row = readonly [name: string, size: number | null];

const COLUMNS: readonly SortColumn<Row>[] = [
  { id: "name", title: "name", by: ([name]) => name },
  { id: "size", title: "size", by: ([, size]) => size, descendsFirst: true },
];
const ROWS: readonly Row[] = [
  ["10.0.0.9", 2],
  ["10.0.0.10", null],
  ["10.0.0.1", 7],
];
const names = (column: string, descending: boolean) =>
  sortRows(ROWS, COLUMNS, { column, descending }, 0).map(([name]) => name);

describe("sorting", () => {
  it("compares numbers in texts as numbers", () => {
    expect(names("name", false)).toEqual(["10.0.0.1", "10.0.0.9", "10.0.0.10"]);
  });

  it("puts what is unknown last in either direction", () => {
    expect(names("size", true)).toEqual(["10.0.0.1", "10.0.0.9", "10.0.0.10"]);
    expect(names("size", false)).toEqual(["10.0.0.9", "10.0.0.1", "10.0.0.10"]);
  });

  it("leaves the list as it is without an order, or with one that it does not know", () => {
    expect(sortRows(ROWS, COLUMNS, null, 0)).toBe(ROWS);
    expect(sortRows(ROWS, COLUMNS, { column: "colour", descending: true }, 0)).toBe(ROWS);
  });

  it("goes round through the list's own order in both directions", () => {
    let order = shiftOrder(COLUMNS, null, 1);
    expect(order).toEqual({ column: "name", descending: false });
    order = shiftOrder(COLUMNS, order, 1);
    expect(order).toEqual({ column: "size", descending: true });
    expect(shiftOrder(COLUMNS, order, 1)).toBeNull();
    expect(shiftOrder(COLUMNS, null, -1)).toEqual({ column: "size", descending: true });
    expect(shiftOrder(COLUMNS, order, -1)).toEqual({ column: "name", descending: false });
  });
});
