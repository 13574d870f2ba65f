// Divides a screen into rectangles of whole cells, without gaps and without overlaps.

/** A rectangle of cells; `x` and `y` count from the upper left corner. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How much of its parent a part takes. */
export interface Share {
  /** Exactly so many cells, if there are that many. */
  readonly size?: number;
  /** A part of what fixed sizes and minima leave, in proportion; 1 when absent. */
  readonly weight?: number;
  /** The fewest cells of a weighted part; parts at the end go without first. */
  readonly min?: number;
  readonly max?: number;
}

/** A named place for a panel. */
export interface Place extends Share {
  readonly name: string;
}

/** A part that is divided again, top to bottom or left to right. */
export interface Split extends Share {
  readonly split: "rows" | "columns";
  readonly parts: readonly LayoutNode[];
}

/** A description of a screen: places inside of splits. */
export type LayoutNode = Place | Split;

function shareOut(total: number, parts: readonly LayoutNode[]): number[] {
  let left = total;
  const take = (cells: number) => {
    const got = Math.max(0, Math.min(left, cells));
    left -= got;
    return got;
  };
  const sizes = parts.map((part) => (part.size === undefined ? 0 : take(part.size)));
  parts.forEach((part, index) => {
    if (part.size === undefined) sizes[index] = take(part.min ?? 0);
  });
  let open = parts.map((_, index) => index).filter((index) => parts[index]?.size === undefined);
  while (left > 0 && open.length > 0) {
    const weights = open.map((index) => parts[index]?.weight ?? 1);
    const sum = weights.reduce((a, b) => a + b, 0);
    const wanted = left;
    let before = 0;
    let done = 0;
    open.forEach((index, i) => {
      before += weights[i] ?? 0;
      const upTo = Math.round((wanted * before) / sum);
      const room = (parts[index]?.max ?? Number.POSITIVE_INFINITY) - (sizes[index] ?? 0);
      sizes[index] = (sizes[index] ?? 0) + take(Math.min(upTo - done, room));
      done = upTo;
    });
    if (left === wanted) break;
    open = open.filter(
      (index) => (sizes[index] ?? 0) < (parts[index]?.max ?? Number.POSITIVE_INFINITY),
    );
  }
  return sizes;
}

function place(node: LayoutNode, rect: Rect, into: Map<string, Rect>): void {
  if ("name" in node) {
    if (rect.width > 0 && rect.height > 0) into.set(node.name, rect);
    return;
  }
  const down = node.split === "rows";
  const sizes = shareOut(down ? rect.height : rect.width, node.parts);
  let offset = 0;
  node.parts.forEach((part, index) => {
    const size = sizes[index] ?? 0;
    const inner = down
      ? { x: rect.x, y: rect.y + offset, width: rect.width, height: size }
      : { x: rect.x + offset, y: rect.y, width: size, height: rect.height };
    place(part, inner, into);
    offset += size;
  });
}

/**
 * Compute the rectangle of every place of a description; a place without a cell is left out.
 *
 * The rectangles never overlap, and they cover the whole screen wherever a split has one part
 * without `size` and without `max`. The same size always gives the same rectangles.
 */
export function layOut(cols: number, rows: number, description: LayoutNode): Map<string, Rect> {
  const places = new Map<string, Rect>();
  place(description, { x: 0, y: 0, width: cols, height: rows }, places);
  return places;
}

/** What lies inside of a one-cell border. */
export function inner(rect: Rect): Rect {
  return {
    x: rect.x + 1,
    y: rect.y + 1,
    width: Math.max(0, rect.width - 2),
    height: Math.max(0, rect.height - 2),
  };
}

/** A rectangle of at most this size in the middle of another. */
export function centered(outer: Rect, width: number, height: number): Rect {
  const w = Math.min(width, outer.width);
  const h = Math.min(height, outer.height);
  return {
    x: outer.x + Math.floor((outer.width - w) / 2),
    y: outer.y + Math.floor((outer.height - h) / 2),
    width: w,
    height: h,
  };
}
