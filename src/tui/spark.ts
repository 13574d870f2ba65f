// Draws charts that fit into a line of text: a sparkline, and a bar that is partly full.
import type { Glyphs } from "./glyphs.ts";

/** The highest step that leaves a gap to the line above, where there are enough of them. */
const stepBelowTop = ({ steps }: Glyphs) => Math.max(2, steps.length - 2);

/**
 * Write values as one character each, the newest last: `▁▂▅█`.
 *
 * A value above zero is never blank. `max` is the value of a full block; the highest of the shown
 * values when absent. Missing values on the left and unknown ones are blank. With `isInList` no
 * block reaches the line above, so that those of neighbouring rows stay apart.
 */
export function sparkline(
  values: ReadonlyArray<number | null>,
  width: number,
  glyphs: Glyphs,
  { max, isInList = false }: { readonly max?: number; readonly isInList?: boolean } = {},
): string {
  if (width <= 0) return "";
  const shown = values.slice(-width);
  const top = max ?? Math.max(0, ...shown.map((value) => value ?? 0));
  const full = isInList ? stepBelowTop(glyphs) : glyphs.steps.length - 1;
  const step = (value: number | null) => {
    if (value === null || value <= 0 || top <= 0) return 0;
    return Math.min(full, Math.max(1, Math.round((value / top) * full)));
  };
  return shown
    .map((value) => glyphs.steps[step(value)] ?? " ")
    .join("")
    .padStart(width);
}

const known = (part: number) => (Number.isFinite(part) ? Math.min(1, Math.max(0, part)) : 0);

/** A bar in two pieces, the part that is full and the rest; anything above zero shows a cell. */
export function barPieces(
  part: number,
  width: number,
  glyphs: Glyphs,
): { readonly full: string; readonly rest: string } {
  const cells = Math.max(0, Math.floor(width));
  const full = known(part) > 0 ? Math.max(1, Math.round(known(part) * cells)) : 0;
  return {
    full: glyphs.bar.repeat(Math.min(cells, full)),
    rest: glyphs.barRest.repeat(Math.max(0, cells - full)),
  };
}

/** The full part alone, exact to a part of a cell where the terminal has such blocks. */
export function exactBar(part: number, width: number, { bar, parts }: Glyphs): string {
  const units = known(part) > 0 ? Math.max(1, Math.round(known(part) * width * parts.length)) : 0;
  return bar.repeat(Math.floor(units / parts.length)) + (parts[(units % parts.length) - 1] ?? "");
}
