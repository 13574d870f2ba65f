// Every view over the bundled recording: whole screens in four sizes, and what colours add in each theme.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MOMENT, SIZES, VIEWS } from "../../bench/views.js";
import { unpackLook } from "../../src/tui/attr.ts";
import type { DashboardSource } from "../../src/tui/dashboard-source.ts";
import type { ColorDepth } from "../../src/tui/profile.ts";
import { THEME_NAMES, type ThemeName } from "../../src/tui/theme.ts";
import { STATE_LETTERS, THEMES } from "../../src/tui/theme-inks.ts";
import { demoSource, openDashboard } from "./dashboard.ts";

const NAMES = Object.keys(VIEWS) as (keyof typeof VIEWS)[];

let source: DashboardSource;
beforeAll(async () => {
  source = await demoSource(MOMENT);
});

type App = ReturnType<typeof openDashboard>;
const apps = new Map<string, App>();
afterAll(() => {
  for (const app of apps.values()) app.close();
});

/** One terminal for each look and size, since opening one takes longest; keys lead from view to view. */
async function screenOf(
  view: keyof typeof VIEWS,
  cols: number,
  rows: number,
  theme: ThemeName = "dark",
  colors: ColorDepth = 256,
): Promise<{ app: App; text: string }> {
  const key = `${cols} ${theme} ${colors}`;
  const app = apps.get(key) ?? openDashboard(source, cols, rows, { theme, colors });
  apps.set(key, app);
  for (const back of ["escape", "escape", "escape", "escape", "4"]) app.dashboard.press(back);
  await app.frame();
  const text = VIEWS[view].length === 0 ? await app.frame() : await app.keys(...VIEWS[view]);
  return { app, text };
}

const texts = new Map<string, string>();

/** What a view says, drawn once. */
async function textOf(...[view, cols, rows, theme, colors]: Parameters<typeof screenOf>) {
  const key = `${view} ${cols} ${rows} ${theme ?? "dark"} ${colors ?? 256}`;
  const text = texts.get(key) ?? (await screenOf(view, cols, rows, theme, colors)).text;
  texts.set(key, text);
  return text;
}

/** Equal lines in a row, told once: most of an empty list is the same line. */
function folded(text: string): string {
  const lines: string[] = [];
  let times = 1;
  const rows = text.split("\n");
  rows.forEach((row, y) => {
    if (row === rows[y + 1]) {
      times++;
      return;
    }
    lines.push(row);
    if (times > 1) lines.push(`(the line above ${times} times)`);
    times = 1;
  });
  return `${lines.join("\n")}\n`;
}

describe.each(SIZES)("at %ix%i", (cols, rows) => {
  it.each(NAMES)("the view %s", async (view) => {
    const text = await textOf(view, cols, rows);
    expect(text.split("\n")).toHaveLength(rows);
    await expect(folded(text)).toMatchFileSnapshot(`screens/views/${view}-${cols}x${rows}.txt`);
  });
});

it("at 60x16 the log keeps both ports of a connection", async () => {
  const text = await textOf("log", 60, 16);
  expect(text).toMatch(/\d\d:\d\d:\d\d W → CLOSE_WAIT +\S+:\d+ +\S+:\d+ /);
});

/** Every colour that a theme may send at a depth. */
function inksOf(theme: ThemeName, colors: ColorDepth): Set<number | null> {
  const column = colors === 256 ? 0 : colors === 16 ? 1 : 2;
  const inks = new Set<number | null>([null]);
  for (const { fg, bg } of Object.values(THEMES[theme])) {
    for (const color of [fg, bg]) if (color) inks.add(color[column]);
  }
  // The letters of a badge: the darkest or the brightest colour of the depth.
  for (const ink of [[16, 0, 0][column], [231, 15, 7][column]]) inks.add(ink ?? null);
  return inks;
}

describe.each(THEME_NAMES)("the theme %s", (theme) => {
  it.each([256, 16, 8] as const)("sends its own colours only, at %i colours", async (colors) => {
    const inks = inksOf(theme, colors);
    for (const view of ["overview", "endpoints", "teardown"] as const) {
      const { app } = await screenOf(view, 120, 30, theme, colors);
      const { frame } = app.terminal;
      for (let y = 0; y < 30; y++) {
        for (let x = 0; x < 120; x++) {
          const { fg, bg } = frame.cell(x, y);
          expect(inks.has(fg as number | null) && inks.has(bg as number | null)).toBe(true);
        }
      }
    }
  });

  it("says in each view what the dark one says", async () => {
    for (const view of NAMES) {
      const [cols, rows] = view === "overview" ? ([80, 24] as const) : ([120, 30] as const);
      const dark = await textOf(view, cols, rows);
      expect(await textOf(view, cols, rows, theme, 8)).toBe(dark);
    }
  });

  it("colours a state as the theme has it, beside its letter", async () => {
    const { app, text } = await screenOf("endpoints", 120, 30, theme);
    const y = text.split("\n").findIndex((row, at) => at > 2 && row.includes("W CLOSE_WAIT"));
    const x = text.split("\n")[y]?.indexOf("W CLOSE_WAIT") ?? -1;
    expect(STATE_LETTERS.CLOSE_WAIT).toBe("W");
    const wanted = unpackLook(app.terminal.theme.attr("CLOSE_WAIT"));
    expect(app.cell(x, y)?.getFgColor()).toBe(wanted.fg);
    expect(app.cell(x, y)?.isBold()).toBeTruthy();
  });

  it("sets the host's verdict apart with a badge", async () => {
    const { app, text } = await screenOf("overview", 80, 24, theme);
    const x = text.indexOf("▲ 5 WARNINGS");
    expect(x).toBeGreaterThan(0);
    const badge = unpackLook(app.terminal.theme.badge("warn"));
    expect(app.cell(x, 0)?.getBgColor()).toBe(badge.bg);
    expect(app.cell(x, 0)?.getFgColor()).toBe(badge.fg);
    expect(badge.bg).toBe(unpackLook(app.terminal.theme.attr("warn")).fg);
  });
});

describe("without colours", () => {
  it("no view loses a word, and the verdict is inverse", async () => {
    for (const view of NAMES) {
      if (view === "overview" || view === "help") continue;
      const coloured = await textOf(view, 120, 30);
      expect(await textOf(view, 120, 30, "dark", 0)).toBe(coloured);
    }
    const { app, text } = await screenOf("overview", 80, 24, "dark", 0);
    expect(app.cell(text.indexOf("5 WARNINGS"), 0)?.isInverse()).toBeTruthy();
  });
});
