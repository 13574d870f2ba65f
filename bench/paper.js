// @ts-check
// A sheet that the dashboard draws on where there is no terminal: for pictures, and to measure drawing.

/** The program's modules, built or compiled by whoever asks.
 *
 * @typedef {object} Desk
 * @property {typeof import("../src/tui/grid.ts").Grid} Grid
 * @property {typeof import("../src/tui/painter.ts").Painter} Painter
 */

/**
 * @param {Desk} desk @param {import("../src/tui/theme.ts").Theme} theme
 * @param {number} cols @param {number} rows
 */
export function sheetOf({ Grid, Painter }, theme, cols, rows) {
  const grid = new Grid(cols, rows);
  const painter = new Painter(grid, { x: 0, y: 0, width: cols, height: rows }, theme);
  /** @type {import("../src/tui/term.ts").Display} */
  const display = {
    screen: null,
    theme,
    cols,
    rows,
    frame: grid,
    onKey() {},
    onMouse() {},
    onResize() {},
    setMouse() {},
    setTheme() {},
    draw() {},
    isBehind: () => false,
  };
  return {
    grid,
    display,
    /** Draw over what was there. @param {import("../src/tui/app-dashboard.ts").Dashboard} dashboard */
    draw(dashboard) {
      grid.clear();
      dashboard.paint(painter);
    },
  };
}
