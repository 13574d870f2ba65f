// Draws charts that fit into a line of text: a sparkline, and a bar that is partly full.
import type { Glyphs } from "./glyphs.ts";

/**
 * Write values as one character each, the newest last: `▁▂▅█`.
 *
 * A value above zero is never blank. `max` is the value of a full block; the highest of the shown
 * values when absent. Missing values on the left and unknown ones are blank.
 */
export function sparkline(
  values: ReadonlyArray<number | null>,
  width: number,
  glyphs: Glyphs,
  max?: number,
): string {
  if (width <= 0) return "";
  const shown = values.slice(-width);
  const top = max ?? Math.max(0, ...shown.map((value) => value ?? 0));
  const full = glyphs.steps.length - 1;
  const step = (value: number | null) => {
    if (value === null || value <= 0 || top <= 0) return 0;
    return Math.min(full, Math.max(1, Math.round((value / top) * full)));
  };
  return shown
    .map((value) => glyphs.steps[step(value)] ?? " ")
    .join("")
    .padStart(width);
}

/** A bar in two pieces, the part that is full and the rest; anything above zero shows a cell. */
export function barPieces(
  part: number,
  width: number,
  glyphs: Glyphs,
): { readonly full: string; readonly rest: string } {
  const cells = Math.max(0, Math.floor(width));
  const known = Number.isFinite(part) ? Math.min(1, Math.max(0, part)) : 0;
  const full = known > 0 ? Math.max(1, Math.round(known * cells)) : 0;
  return {
    full: glyphs.bar.repeat(Math.min(cells, full)),
    rest: glyphs.barRest.repeat(Math.max(0, cells - full)),
  };
}
