// Puts the rows of a list in the order that the user chose.
import type { Nanoseconds } from "../event/trace-event.ts";

/** A column that is sorted by, and in which direction. */
export interface SortOrder {
  readonly column: string;
  readonly descending: boolean;
}

/** A column that rows can be sorted by. */
export interface SortColumn<Row> {
  /** That of the table's column, whose header carries the mark. */
  readonly id: string;
  readonly title: string;
  /** What is compared, at the moment that is shown; null stands last in either direction. */
  by(row: Row, now: Nanoseconds): string | number | null;
  /** Whether the first press shows the greatest first, as one wants it of counts and times. */
  readonly descendsFirst?: boolean;
}

/** What of a column the menu and the keys need. */
export type SortChoice = Pick<SortColumn<never>, "id" | "title" | "descendsFirst">;

const TEXTS = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function compare(a: string | number, b: string | number): number {
  return typeof a === "number" && typeof b === "number" ? a - b : TEXTS.compare(`${a}`, `${b}`);
}

/** The rows in that order, equal ones as they came; as they came where there is no order. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly SortColumn<Row>[],
  order: SortOrder | null,
  now: Nanoseconds,
): readonly Row[] {
  const column = columns.find(({ id }) => id === order?.column);
  if (column === undefined || order === null) return rows;
  const sign = order.descending ? -1 : 1;
  const keyed = rows.map((row) => ({ row, key: column.by(row, now) }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    return sign * compare(a.key, b.key);
  });
  return keyed.map(({ row }) => row);
}

/** The order after `<` or `>`: the next column in that direction, none before the first. */
export function shiftOrder(
  choices: readonly SortChoice[],
  order: SortOrder | null,
  by: 1 | -1,
): SortOrder | null {
  const at = choices.findIndex(({ id }) => id === order?.column);
  const { length } = choices;
  // One place more than columns: the list's own order lies between the last and the first.
  const next = (at + 1 + by + length + 1) % (length + 1);
  return orderBy(choices[next - 1]);
}

/** The order that choosing a column leads to. */
export function orderBy(choice: SortChoice | undefined): SortOrder | null {
  if (choice === undefined) return null;
  return { column: choice.id, descending: choice.descendsFirst === true };
}
