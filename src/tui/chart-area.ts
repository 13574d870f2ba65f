// Draws series stacked on each other as filled areas.
import { packLook, unpackLook } from "./attr.ts";
import type { Scale } from "./chart-scale.ts";
import type { Painter } from "./painter.ts";
import type { Role } from "./theme.ts";

/** One layer of an area chart, one value a column; null where nothing is known. */
export interface Layer {
  readonly values: ReadonlyArray<number | null>;
  readonly paint: Role;
}

/**
 * Where each layer ends in one column, in units from the bottom, lowest layer first.
 *
 * A layer that is not zero is at least one unit thick: one timeout among thousands of clean
 * closes is what the chart is looked at for.
 */
export function stackColumn(
  values: ReadonlyArray<number | null>,
  scale: Scale,
  unitsPerRow: number,
): number[] {
  const top = scale.rows * unitsPerRow;
  let sum = 0;
  let end = 0;
  const ends: number[] = [];
  for (const value of values) {
    const known = Math.max(0, value ?? 0);
    sum += known;
    const exact = Math.round((sum / scale.max) * top);
    end = Math.min(top, Math.max(exact, known > 0 ? end + 1 : end));
    ends.push(end);
  }
  return ends;
}

/** The layer at a unit, or -1 above all of them. */
const layerAt = (ends: readonly number[], unit: number) => ends.findIndex((end) => unit < end);

/**
 * The layer that stands for a cell's units from `above` on: the largest of those that would not be
 * seen at all elsewhere, else the one with the largest share.
 */
function chooseLayer(ends: readonly number[], from: number, units: number, above: number): number {
  let best = -1;
  let bestRank = 0;
  ends.forEach((end, layer) => {
    const begin = ends[layer - 1] ?? 0;
    const share = Math.min(end, from + units) - Math.max(begin, above);
    const isOnlyHere = begin >= from && end <= from + units;
    const rank = share > 0 ? share + (isOnlyHere ? units : 0) : 0;
    if (rank > bestRank) [best, bestRank] = [layer, rank];
  });
  return best;
}

function paintSolid(
  painter: Painter,
  layers: readonly Layer[],
  x: number,
  ends: readonly number[],
) {
  const { shades } = painter.theme.glyphs;
  for (let unit = 0; unit < painter.height; unit++) {
    const layer = layerAt(ends, unit);
    const paint = layers[layer]?.paint;
    if (!paint) return;
    painter.put(x, painter.height - 1 - unit, shades[layer % shades.length] ?? "#", paint);
  }
}

function paintBlended(
  painter: Painter,
  layers: readonly Layer[],
  x: number,
  ends: readonly number[],
) {
  const { steps } = painter.theme.glyphs;
  const units = steps.length - 1;
  const color = (layer: number) => {
    const paint = layers[layer]?.paint;
    return paint === undefined ? null : unpackLook(painter.theme.attr(paint)).fg;
  };
  const top = ends.at(-1) ?? 0;
  for (let row = 0; row * units < top; row++) {
    const from = row * units;
    const y = painter.height - 1 - row;
    if (top < from + units) {
      const look = packLook({ fg: color(chooseLayer(ends, from, units, from)) });
      painter.put(x, y, steps[top - from] ?? " ", look);
      return;
    }
    const lower = layerAt(ends, from);
    const filled = Math.min(units, (ends[lower] ?? 0) - from);
    const upper = filled < units ? chooseLayer(ends, from, units, from + filled) : -1;
    painter.put(x, y, steps[filled] ?? " ", packLook({ fg: color(lower), bg: color(upper) }));
  }
}

/**
 * Paint layers into the whole of a painter, one column a value, the newest on the right.
 *
 * With colours, a cell holds the boundary of two layers to an eighth of a row: the block in the
 * colour of the lower one, on a background in the colour of the upper. Where more layers meet, or
 * the column ends, a layer that shows nowhere else goes first: the height of a column is true to
 * an eighth, and a thin layer may take up to a row from its neighbours. Without colours or without
 * UTF-8 each layer is filled with a shade of its own, in whole cells. Returns the row in which
 * each layer of the newest column has its middle, null for a layer that is not there.
 */
export function paintArea(
  painter: Painter,
  layers: readonly Layer[],
  scale: Scale,
): Array<number | null> {
  const { theme, width, height } = painter;
  const blended = theme.colors > 0 && theme.glyphs.level !== "ascii";
  const units = blended ? theme.glyphs.steps.length - 1 : 1;
  let last: number[] = [];
  for (let x = 0; x < width; x++) {
    const values = layers.map((layer) => layer.values[layer.values.length - width + x] ?? null);
    last = stackColumn(values, scale, units);
    (blended ? paintBlended : paintSolid)(painter, layers, x, last);
  }
  return last.map((end, index) => {
    const from = last[index - 1] ?? 0;
    return end > from ? Math.max(0, height - 1 - Math.floor((from + end - 1) / 2 / units)) : null;
  });
}
