// Moves through the rows of a table by their identity, so that new rows never move the selection.

/** Where the user is in a table: which row, by its key, and which row is the first on the screen. */
export interface TableCursor {
  /** The selected row's key, null before anything was selected. */
  readonly key: string | null;
  /** Where the selected row was last, so that a neighbour is taken when it disappears. */
  readonly index: number;
  /** The first visible row. */
  readonly top: number;
}

/** A cursor that selects the first row as soon as there is one. */
export const START_CURSOR: TableCursor = { key: null, index: 0, top: 0 };

/** A motion in a table. */
export type TableMotion =
  | "up"
  | "down"
  | "top"
  | "bottom"
  | "page-up"
  | "page-down"
  | "half-page-up"
  | "half-page-down";

function scrolled(cursor: TableCursor, count: number, visible: number): TableCursor {
  const height = Math.max(1, visible);
  const lowest = Math.max(0, count - height);
  const keepsInView = Math.min(cursor.top, cursor.index);
  const top = Math.min(lowest, Math.max(keepsInView, cursor.index - height + 1));
  return top === cursor.top ? cursor : { ...cursor, top };
}

/**
 * Fit a cursor to the rows of this moment: follow the selected key to its new place.
 *
 * When the key has gone, the row that is now at its place is selected. An empty table forgets
 * nothing: the key stays selected and is found again if it returns.
 *
 * @param keys all rows' keys in their order
 * @param visible how many rows fit on the screen
 */
export function settleCursor(
  cursor: TableCursor,
  keys: readonly string[],
  visible: number,
): TableCursor {
  if (keys.length === 0) return cursor.top === 0 ? cursor : { ...cursor, top: 0 };
  let index = cursor.key === null ? 0 : keys[cursor.index] === cursor.key ? cursor.index : -1;
  if (index < 0 && cursor.key !== null) index = keys.indexOf(cursor.key);
  if (index < 0) index = Math.min(cursor.index, keys.length - 1);
  const key = keys[index] ?? null;
  const same = key === cursor.key && index === cursor.index;
  return scrolled(same ? cursor : { ...cursor, key, index }, keys.length, visible);
}

/** Move the selection; the ends are walls. */
export function moveCursor(
  cursor: TableCursor,
  motion: TableMotion,
  keys: readonly string[],
  visible: number,
): TableCursor {
  const settled = settleCursor(cursor, keys, visible);
  const page = Math.max(1, visible - 1);
  const half = Math.max(1, Math.floor(visible / 2));
  const targets: Readonly<Record<TableMotion, number>> = {
    up: settled.index - 1,
    down: settled.index + 1,
    top: 0,
    bottom: keys.length - 1,
    "page-up": settled.index - page,
    "page-down": settled.index + page,
    "half-page-up": settled.index - half,
    "half-page-down": settled.index + half,
  };
  const index = Math.max(0, Math.min(keys.length - 1, targets[motion]));
  return scrolled({ ...settled, key: keys[index] ?? settled.key, index }, keys.length, visible);
}

/** Select a row by its place on the screen, 0 being the first visible one: a click. */
export function pointCursor(
  cursor: TableCursor,
  row: number,
  keys: readonly string[],
): TableCursor {
  const index = cursor.top + row;
  const key = keys[index];
  return key === undefined ? cursor : { ...cursor, key, index };
}
