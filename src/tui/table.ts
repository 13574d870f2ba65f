// Draws the visible rows of a table, however many rows there are.
import type { Painter, Span } from "./painter.ts";
import type { TableCursor } from "./table-cursor.ts";
import { cutStart } from "./text.ts";

/** One column. Its place does not depend on the rows, so nothing jumps when they change. */
export interface TableColumn {
  readonly id: string;
  readonly title: string;
  /** The fewest cells. */
  readonly width: number;
  /** A part of the cells that are left over, in proportion; 0 (never grows) when absent. */
  readonly grow?: number;
  readonly align?: "left" | "right";
  /** Which end of a text stays when it is cut; its beginning when absent. */
  readonly keeps?: "end";
  /** Lower goes first when there is no room for all; 0 (never goes) when absent. */
  readonly optional?: number;
}

/** A cell: text, text with a look, or pieces with looks of their own. Foreign text is welcome. */
export type TableCell = string | Span | readonly Span[];

/** One row, made only when it is visible. */
export interface TableRow {
  /** The identity of what the row shows; it is not shown. */
  readonly key: string;
  readonly cells: readonly TableCell[];
}

/** What a table shows. */
export interface TableData {
  readonly columns: readonly TableColumn[];
  /** How many rows there are in all. */
  readonly count: number;
  /** The row at a place, called for visible places only. */
  row(index: number): TableRow;
  readonly cursor: TableCursor;
  /** The column that the rows are sorted by. */
  readonly sort?: { readonly column: string; readonly descending: boolean };
  /** Whether to show the selection: the panel has the keys. */
  readonly focused?: boolean;
  /** Said in the middle of a table without rows. */
  readonly empty?: string;
}

const GAP = 1;
/** What a column that gives way keeps. */
const LEAST_WIDTH = 8;
/** The selection's mark on the left, a blank and the scroll position on the right. */
const MARGINS = 3;

interface PlacedColumn {
  readonly column: TableColumn;
  readonly index: number;
  readonly x: number;
  readonly width: number;
}

/**
 * Choose the columns that fit and their widths: a pure function of columns and width alone.
 *
 * Optional columns go first, the lowest number before all; what is left is shared by `grow`. Where
 * nothing is left to go, those that would grow give way.
 */
export function placeColumns(columns: readonly TableColumn[], width: number): PlacedColumn[] {
  const room = width - MARGINS;
  let kept = columns.map((column, index) => ({ column, index }));
  const needed = () => kept.reduce((sum, { column }) => sum + column.width + GAP, -GAP);
  while (needed() > room) {
    const optional = kept.filter(({ column }) => column.optional);
    const lowest = Math.min(...optional.map(({ column }) => column.optional ?? 0));
    const last = optional.findLast(({ column }) => column.optional === lowest);
    if (!last) break;
    kept = kept.filter((entry) => entry !== last);
  }
  // Below zero it is taken away, from each no more than leaves something to read.
  const spare = room - needed();
  const weights = kept.reduce((sum, { column }) => sum + (column.grow ?? 0), 0);
  let x = 1;
  let before = 0;
  return kept.map(({ column, index }) => {
    const from = weights > 0 ? Math.floor((spare * before) / weights) : 0;
    before += column.grow ?? 0;
    const upTo = weights > 0 ? Math.floor((spare * before) / weights) : 0;
    const least = Math.min(column.width, LEAST_WIDTH);
    const placed = { column, index, x, width: Math.max(least, column.width + upTo - from) };
    x += placed.width + GAP;
    return placed;
  });
}

/** Paint a title; the mark of the order takes the gap beside a title that fills its column. */
function paintTitle(painter: Painter, { sort }: TableData, { column, x, width }: PlacedColumn) {
  const { title, align } = column;
  if (sort?.column !== column.id) {
    painter.text(x, 0, painter.fit(title, width, align), "header");
    return;
  }
  const { down, up } = painter.theme.glyphs;
  const mark = sort.descending ? down : up;
  const isFull = painter.measure(title) >= width;
  if (!isFull) painter.text(x, 0, painter.fit(title + mark, width, align), "accent");
  else if (align === "right") painter.text(x - GAP, 0, mark + title, "accent");
  else painter.text(x, 0, title + mark, "accent");
}

function paintRow(painter: Painter, data: TableData, placed: readonly PlacedColumn[], y: number) {
  const row = data.row(data.cursor.top + y - 1);
  const selected = data.focused === true && row.key === data.cursor.key;
  const width = painter.width - 1;
  if (selected) painter.fill({ x: 0, y, width, height: 1 }, " ", "selection");
  if (selected) painter.put(0, y, painter.theme.glyphs.pointer, "selection");
  for (const { column, index, x, width: cells } of placed) {
    const cell = row.cells[index] ?? "";
    const { theme } = painter;
    const look = ({ paint = "text" }: Span) =>
      selected && typeof paint === "string" ? theme.on(paint, "selection") : paint;
    if (isPieces(cell)) {
      const pieces = cell.map((span) => ({ text: span.text, paint: look(span) }));
      painter.spans(x, y, pieces, Math.min(cells, width - x));
      continue;
    }
    const span: Span = typeof cell === "string" ? { text: cell } : cell;
    const text = column.keeps === "end" ? cutStart(span.text, cells, painter.unicode) : span.text;
    painter.text(x, y, painter.fit(text, cells, column.align), look(span), width - x);
  }
}

const isPieces = (cell: TableCell): cell is readonly Span[] => Array.isArray(cell);

function paintScroll(painter: Painter, data: TableData, visible: number): void {
  if (data.count <= visible || visible < 2) return;
  const { glyphs } = painter.theme;
  const size = Math.max(1, Math.round((visible * visible) / data.count));
  const range = data.count - visible;
  const from = Math.round(((visible - size) * Math.min(data.cursor.top, range)) / range);
  for (let y = 0; y < visible; y++) {
    const thumb = y >= from && y < from + size;
    painter.put(
      painter.width - 1,
      y + 1,
      thumb ? glyphs.thumb : glyphs.track,
      thumb ? "muted" : "border",
    );
  }
}

/** How many rows a table of this height shows below its header. */
export function visibleRows(height: number): number {
  return Math.max(0, height - 1);
}

/**
 * Paint a table: header, the visible rows, the selection, and where in the rows one is.
 *
 * Only visible rows are asked for, so ten thousand cost what twenty do. The cursor must have been
 * settled on the rows of this moment with {@link visibleRows} of this painter's height.
 */
export function paintTable(painter: Painter, data: TableData): void {
  const placed = placeColumns(data.columns, painter.width);
  for (const column of placed) paintTitle(painter, data, column);
  const visible = visibleRows(painter.height);
  const shown = Math.min(visible, data.count - data.cursor.top);
  for (let y = 1; y <= shown; y++) paintRow(painter, data, placed, y);
  paintScroll(painter, data, visible);
  if (data.count === 0 && data.empty && visible > 0) {
    const text = painter.fit(data.empty, painter.width, "center");
    painter.text(0, Math.ceil(visible / 2), text, "muted");
  }
}
