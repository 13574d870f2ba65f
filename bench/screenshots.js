// @ts-check
// Renders the dashboard's views from a recording to SVG and PNG.
//
// Usage: npm run screenshots -- [--all] [--only PART_OF_NAME] [DIRECTORY [RECORDING]]
// Without --all those that the README shows.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Resvg } from "@resvg/resvg-js";
import { sheetOf } from "./paper.js";
import { MOMENT, SIZES, standingCursor, VIEWS } from "./views.js";

/** The built program; by URL, so that types can be checked before it is built. @param {string} path */
const built = (path) => import(new URL(`../dist/${path}`, import.meta.url).href);
const { tellerOf } = await built("export/teller.js");
const { readTrace } = await built("session/read-trace.js");
const { Dashboard } = await built("tui/app-dashboard.js");
const { glyphsFor } = await built("tui/glyphs.js");
const { Grid } = await built("tui/grid.js");
const { Painter } = await built("tui/painter.js");
const { gridToSvg } = await built("tui/screen-svg.js");
const { createTheme } = await built("tui/theme.js");

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { all: { type: "boolean", default: false }, only: { type: "string", default: "" } },
});
const [
  directory = join(ROOT, "docs/screens"),
  recording = join(ROOT, "test/recordings/demo.ndjson"),
] = positionals;

/** @typedef {{ name: string, cols: number, rows: number, keys?: readonly string[], seconds?: number, theme?: import("../src/tui/theme.ts").ThemeName, colors?: import("../src/tui/profile.ts").ColorDepth, glyphs?: import("../src/tui/glyphs.ts").GlyphLevel }} Shot */

/** The pictures of the documentation. @type {Shot[]} */
const SHOTS = [
  { name: "overview", cols: 120, rows: 34 },
  { name: "teardown", cols: 120, rows: 34, keys: VIEWS.teardown },
];

/** What a terminal or a user may ask for beside 256 colours on a dark ground. */
const LOOKS = /** @type {const} */ ([
  { name: "light", theme: "light" },
  { name: "colour-blind", theme: "colour-blind" },
  { name: "sixteen", colors: 16 },
  { name: "eight", colors: 8 },
  { name: "no-colour", colors: 0 },
  { name: "ascii", glyphs: "ascii" },
  { name: "console", glyphs: "console", colors: 8 },
]);

/** Every view in every size, and in every theme, depth and set of characters. @type {() => Shot[]} */
const everything = () => [
  ...Object.entries(VIEWS).flatMap(([name, keys]) =>
    SIZES.map(([cols, rows]) => ({ name: `${name}-${cols}x${rows}`, cols, rows, keys })),
  ),
  ...LOOKS.flatMap((look) =>
    Object.entries(VIEWS).map(([name, keys]) => ({
      ...look,
      name: `${name}-${look.name}`,
      cols: 120,
      rows: 30,
      keys,
    })),
  ),
  ...Object.entries(VIEWS).map(([name, keys]) => ({
    name: `${name}-60x16`,
    cols: 60,
    rows: 16,
    keys,
  })),
];

/** Draw one view without any terminal. @param {Shot} shot */
async function draw({
  cols,
  rows,
  keys = [],
  seconds = MOMENT,
  theme = "dark",
  colors = 256,
  glyphs = "full",
}) {
  const { trace, header } = await readTrace(recording, { until: seconds * 1e9 });
  const look = createTheme(theme, colors, glyphsFor(glyphs));
  const sheet = sheetOf({ Grid, Painter }, look, cols, rows);
  /** @type {import("../src/tui/dashboard-source.ts").DashboardSource} */
  const source = {
    mode: "demo",
    header,
    cursor: standingCursor(trace),
    teller: tellerOf(header.startedAt, { trace }),
    problems: [],
    begin: async () => {},
    end: async () => {},
    ended: new Promise(() => {}),
    options: {},
  };
  const dashboard = new Dashboard(sheet.display, source, { quit() {}, suspend() {} });
  sheet.draw(dashboard);
  for (const key of keys) {
    dashboard.press(key);
    sheet.draw(dashboard);
  }
  return sheet.grid;
}

mkdirSync(directory, { recursive: true });
const shots = (values.all ? everything() : SHOTS).filter(({ name }) => name.includes(values.only));
for (const shot of shots) {
  const grid = await draw(shot);
  const colors =
    shot.theme === "light" ? { foreground: "#202020", background: "#fafafa" } : undefined;
  const svg = gridToSvg(grid, colors);
  writeFileSync(join(directory, `${shot.name}.svg`), svg);
  const font = { loadSystemFonts: true, defaultFontFamily: "DejaVu Sans Mono" };
  writeFileSync(join(directory, `${shot.name}.png`), new Resvg(svg, { font }).render().asPng());
}
process.stdout.write(`${shots.length} views in ${directory}\n`);
