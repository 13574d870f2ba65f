// Paints into a frame without any terminal, for tests of single widgets.
import { glyphsFor } from "../../src/tui/glyphs.ts";
import { Grid } from "../../src/tui/grid.ts";
import { Painter } from "../../src/tui/painter.ts";
import { createTheme } from "../../src/tui/theme.ts";
import type { MountOptions } from "./harness.ts";

/** Run a paint function on a frame of this size and return the frame. */
export function paintGrid(
  cols: number,
  rows: number,
  paint: (painter: Painter) => void,
  options: MountOptions = {},
): Grid {
  const glyphs = glyphsFor(options.glyphs ?? "full");
  const theme = createTheme(options.theme ?? "dark", options.colors ?? 256, glyphs);
  const grid = new Grid(cols, rows);
  paint(new Painter(grid, { x: 0, y: 0, width: cols, height: rows }, theme));
  return grid;
}
