// Draws a grid of terminal cells as an SVG picture.
import { blockRects, boxArms, brailleDots } from "./screen-svg-shapes.ts";

/** A colour of a cell: 0 to 255 of the xterm palette, `#rrggbb`, or null for the terminal's own. */
export type CellColor = number | string | null;

/** One cell as a terminal holds it; `width` is 2 on a wide character and 0 on the cell behind it. */
export interface ScreenCell {
  readonly ch: string;
  readonly width: number;
  readonly fg: CellColor;
  readonly bg: CellColor;
  readonly bold: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
}

/** A whole screen, read cell by cell. */
export interface ScreenGrid {
  readonly cols: number;
  readonly rows: number;
  cell(x: number, y: number): ScreenCell;
}

/** What the picture takes for the terminal's own colours. */
export interface PictureColors {
  readonly foreground: string;
  readonly background: string;
}

const CELL_WIDTH = 8.4;
const CELL_HEIGHT = 17;
const FONT_SIZE = 14;
const BASELINE = 13;
const MARGIN = 10;

const BASE_COLORS =
  "#1c1c1c #d75f5f #87af5f #d7af5f #5f87d7 #af87d7 #5fafaf #c6c6c6 #6c6c6c #ff8787 #afd787 #ffd787 #87afff #d7afff #87d7d7 #ffffff".split(
    " ",
  );

/** The xterm palette: 16 named colours, a cube of 216 and a ramp of 24 greys. */
export function paletteColor(index: number): string {
  const named = BASE_COLORS[index];
  if (named !== undefined) return named;
  const hex = (level: number) => level.toString(16).padStart(2, "0");
  if (index >= 232) return `#${hex((index - 232) * 10 + 8).repeat(3)}`;
  const step = (n: number) => hex(n === 0 ? 0 : n * 40 + 55);
  const cube = index - 16;
  return `#${step(Math.floor(cube / 36))}${step(Math.floor(cube / 6) % 6)}${step(cube % 6)}`;
}

const round = (n: number) => String(Math.round(n * 100) / 100);
const escapeXml = (text: string) => text.replace(/[&<>"]/g, (ch) => `&#${ch.charCodeAt(0)};`);

/** Collects the shapes of one picture, one path for each colour and stroke, backgrounds first. */
class Picture {
  readonly backs = new Map<string, string[]>();
  readonly fills = new Map<string, string[]>();
  readonly strokes = new Map<string, string[]>();
  readonly texts: string[] = [];

  stroke(color: string, weight: number, cap: "butt" | "round", d: string): void {
    const style = `fill="none" stroke="${color}" stroke-width="${weight}" stroke-linecap="${cap}"`;
    append(this.strokes, style, d);
  }
}

function append(map: Map<string, string[]>, key: string, d: string): void {
  const list = map.get(key);
  if (list) list.push(d);
  else map.set(key, [d]);
}

const rectPath = (x: number, y: number, width: number, height: number) =>
  `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`;

function drawBox(picture: Picture, ch: string, color: string, x: number, y: number): boolean {
  const arms = boxArms(ch);
  if (!arms) return false;
  const [midX, midY] = [x + CELL_WIDTH / 2, y + CELL_HEIGHT / 2];
  const [mid, right, bottom] = [`${round(midX)} ${round(midY)}`, x + CELL_WIDTH, y + CELL_HEIGHT];
  if (arms.round) {
    const from = `${round(midX)} ${round(arms.down ? bottom : y)}`;
    const to = `${round(arms.right ? right : x)} ${round(midY)}`;
    picture.stroke(color, 1, "butt", `M${from}Q${mid} ${to}`);
    return true;
  }
  const arm = (weight: number, toX: number, toY: number) => {
    if (weight > 0) picture.stroke(color, weight, "butt", `M${mid}L${round(toX)} ${round(toY)}`);
  };
  arm(arms.left, x, midY);
  arm(arms.right, right, midY);
  arm(arms.up, midX, y);
  arm(arms.down, midX, bottom);
  return true;
}

function drawShape(picture: Picture, ch: string, color: string, x: number, y: number): boolean {
  const dots = brailleDots(ch);
  if (dots) {
    for (const [dx, dy] of dots) {
      const at = `M${round(x + dx * CELL_WIDTH)} ${round(y + dy * CELL_HEIGHT)}`;
      picture.stroke(color, 2.6, "round", `${at}h.01`);
    }
    return true;
  }
  const rects = blockRects(ch);
  if (!rects) return drawBox(picture, ch, color, x, y);
  for (const r of rects) {
    const [width, height] = [r.width * CELL_WIDTH, r.height * CELL_HEIGHT];
    const opacity = r.opacity < 1 ? ` fill-opacity="${r.opacity}"` : "";
    const d = rectPath(x + r.x * CELL_WIDTH, y + r.y * CELL_HEIGHT, width, height);
    append(picture.fills, `fill="${color}"${opacity}`, d);
  }
  return true;
}

interface CellView extends ScreenCell {
  readonly front: string;
  readonly back: string;
}

function viewsOf(grid: ScreenGrid, row: number, colors: PictureColors): CellView[] {
  const css = (color: CellColor, own: string) =>
    color === null ? own : typeof color === "number" ? paletteColor(color) : color;
  return Array.from({ length: grid.cols }, (_, column) => {
    const cell = grid.cell(column, row);
    const [fg, bg] = [css(cell.fg, colors.foreground), css(cell.bg, colors.background)];
    return { ...cell, front: cell.inverse ? bg : fg, back: cell.inverse ? fg : bg };
  });
}

/** The columns of one row cut wherever the key changes, as `[key, from, to]`. */
function runsOf(cells: readonly CellView[], keyOf: (cell: CellView) => string) {
  const runs: Array<[key: string, from: number, to: number]> = [];
  cells.forEach((cell, column) => {
    const last = runs.at(-1);
    const key = keyOf(cell);
    if (last?.[0] === key) last[2] = column + 1;
    else runs.push([key, column, column + 1]);
  });
  return runs;
}

function drawText(picture: Picture, cells: readonly CellView[], from: number, y: number): void {
  const [first] = cells;
  if (!first) return;
  const wide = first.width !== 1;
  const text = cells.map((cell) => (cell.width === 0 ? "" : cell.ch || " ")).join("");
  const columns = (part: string) => [...part].length * (wide ? 2 : 1);
  for (const word of text.matchAll(/\S+(?: \S+)*/gu)) {
    const x = MARGIN + (from + columns(text.slice(0, word.index))) * CELL_WIDTH;
    const at = `x="${round(x)}" y="${round(y + BASELINE)}"`;
    const length = `textLength="${round(columns(word[0]) * CELL_WIDTH)}"`;
    const bold = first.bold ? ' font-weight="bold"' : "";
    const line = first.underline ? ' text-decoration="underline"' : "";
    const style = `fill="${first.front}"${bold}${line}`;
    picture.texts.push(`<text ${at} ${length} ${style}>${escapeXml(word[0])}</text>`);
  }
}

function drawRow(picture: Picture, grid: ScreenGrid, row: number, colors: PictureColors): void {
  const y = MARGIN + row * CELL_HEIGHT;
  const cells = viewsOf(grid, row, colors);
  for (const [back, from, to] of runsOf(cells, (cell) => cell.back)) {
    if (back === colors.background) continue;
    const x = MARGIN + from * CELL_WIDTH;
    append(picture.backs, `fill="${back}"`, rectPath(x, y, (to - from) * CELL_WIDTH, CELL_HEIGHT));
  }
  const drawn = cells.map((cell, column) =>
    drawShape(picture, cell.ch, cell.front, MARGIN + column * CELL_WIDTH, y) ? blank(cell) : cell,
  );
  const look = ({ front, bold, underline, width }: CellView) =>
    `${front} ${bold} ${underline} ${width === 1}`;
  for (const [, from, to] of runsOf(drawn, look)) drawText(picture, drawn.slice(from, to), from, y);
}

const blank = (cell: CellView): CellView => ({ ...cell, ch: " " });

/**
 * Draw a screen as a self-contained SVG document.
 *
 * Braille becomes dots, block and box characters become shapes, and every run of text is stretched
 * to its columns, so the picture is the same whatever font the viewer has. The text stays text: it
 * can be searched and selected. No script, no outside reference.
 */
export function gridToSvg(
  grid: ScreenGrid,
  colors: PictureColors = { foreground: "#d0d0d0", background: "#121212" },
): string {
  const picture = new Picture();
  for (let row = 0; row < grid.rows; row++) drawRow(picture, grid, row, colors);
  const width = round(grid.cols * CELL_WIDTH + 2 * MARGIN);
  const height = round(grid.rows * CELL_HEIGHT + 2 * MARGIN);
  const paths = (shapes: Map<string, string[]>) =>
    [...shapes].map(([style, d]) => `<path ${style} d="${d.join("")}"/>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<rect width="100%" height="100%" rx="6" fill="${colors.background}"/>`,
    '<g shape-rendering="crispEdges">',
    ...paths(picture.backs),
    ...paths(picture.fills),
    "</g>",
    ...paths(picture.strokes),
    `<g font-family="'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${FONT_SIZE}">`,
    ...picture.texts,
    "</g></svg>",
    "",
  ].join("\n");
}
