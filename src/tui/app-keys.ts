// Says what each key does to the dashboard.
import type { Dashboard, Doors } from "./app-dashboard.ts";
import { tabOrder } from "./app-layout.ts";
import { helpData } from "./app-view.ts";
import { createKeyDispatcher, type KeyDispatcher } from "./key-dispatch.ts";
import { PANEL_NUMBERS } from "./keys.ts";
import { overlayScrollLimit } from "./overlay.ts";
import { LIST_PANELS } from "./panels/index.ts";
import type { TableMotion } from "./table-cursor.ts";
import type { Display } from "./term.ts";
import { THEME_NAMES } from "./theme.ts";

const MOTIONS: readonly TableMotion[] = [
  "up",
  "down",
  "top",
  "bottom",
  "page-up",
  "page-down",
  "half-page-up",
  "half-page-down",
];
const FPS_STEP = 1.5;

/** Bind every key that the dashboard can answer; only these stand in the help. */
export function bindKeys(dashboard: Dashboard, terminal: Display, doors: Doors): KeyDispatcher {
  const keys = createKeyDispatcher();
  const { state } = dashboard;
  const sorted = (change: () => void) => {
    change();
    state.showTop();
  };
  for (const motion of MOTIONS) {
    keys.on(motion, () => {
      if (state.help !== null) scrollHelp(dashboard, terminal, motion);
      else if (state.sort.menu !== null) state.sort.move(motion);
      else state.move(motion);
    });
  }
  const focus = (name: string | undefined) => {
    if (name === undefined) return;
    state.levels.length = 0;
    state.focus = name;
  };
  const step = (by: number) => {
    const ring = tabOrder(state.main);
    const at = ring.indexOf(state.focus);
    focus(ring[(at + by + ring.length) % ring.length]);
  };
  for (const number of PANEL_NUMBERS) {
    keys.on(`panel-${number}`, () => focus(LIST_PANELS[number - 1]?.name));
  }
  keys.on("panel-next", () => step(1));
  keys.on("panel-previous", () => step(-1));
  keys.on("detail", () => {
    if (state.sort.menu !== null) sorted(() => state.sort.choose());
    else if (state.help === null) dashboard.openSelected();
  });
  keys.on("back", () => state.back());
  keys.on("close-overlay", () => state.back());
  keys.on("zoom", () => {
    state.isZoomed = !state.isZoomed;
  });
  keys.on("filter", () => state.askFilter());
  keys.on("filter-invert", () => state.invertFilter());
  const sorts = () => dashboard.activePanel?.sorts ?? [];
  keys.on("sort-menu", () => state.sort.ask(state.active, sorts()));
  keys.on("sort-left", () => sorted(() => state.sort.shift(state.active, sorts(), -1)));
  keys.on("sort-right", () => sorted(() => state.sort.shift(state.active, sorts(), 1)));
  keys.on("sort-reverse", () => sorted(() => state.sort.reverse(state.active)));
  keys.on("follow", () => state.toggleFollow());
  bindTime(keys, dashboard);
  keys.on("mask", () => dashboard.actions.toggleMask());
  keys.on("mouse", () => dashboard.actions.toggleMouse());
  if (dashboard.source.exportRange !== undefined) {
    keys.on("export-range", () => dashboard.actions.exportRange());
  }
  if (dashboard.source.exportText !== undefined) {
    keys.on("export-screen", () => dashboard.actions.exportScreen());
  }
  keys.on("help", () => {
    state.help = state.help === null ? { scroll: 0 } : null;
  });
  keys.on("theme", () => {
    const at = THEME_NAMES.indexOf(terminal.theme.name);
    const next = THEME_NAMES[(at + 1) % THEME_NAMES.length];
    if (next === undefined) return;
    terminal.setTheme(next);
    dashboard.say(`theme ${next}, as --theme ${next}`);
  });
  const pace = (factor: number) => () => {
    dashboard.loop.fps *= factor;
    dashboard.say(`${Number(dashboard.loop.fps.toFixed(1))} frames a second`);
  };
  keys.on("faster", pace(FPS_STEP));
  keys.on("slower", pace(1 / FPS_STEP));
  keys.on("quit", () => doors.quit(false));
  keys.on("interrupt", () => doors.quit(false));
  keys.on("quit-and-print", () => doors.quit(true));
  keys.on("suspend", () => doors.suspend());
  return keys;
}

const SECOND_NS = 1e9;

function bindTime(keys: KeyDispatcher, dashboard: Dashboard): void {
  const { cursor, mode } = dashboard.source;
  const go = (by: number) => () => dashboard.actions.goTo(cursor.aimNs + by * SECOND_NS);
  keys.on("pause", () => dashboard.actions.togglePause());
  keys.on("step-next", () => cursor.step(1));
  keys.on("step-previous", () => cursor.step(-1));
  keys.on("back-second", go(-1));
  keys.on("forward-second", go(1));
  keys.on("back-minute", go(-60));
  keys.on("forward-minute", go(60));
  keys.on("jump-to-time", () => dashboard.actions.askTime());
  keys.on("jump-start", () => dashboard.actions.goTo(0));
  keys.on("jump-newest", () => {
    if (mode === "live") cursor.resume();
    else dashboard.actions.goTo(cursor.newestNs);
  });
}

function scrollHelp(dashboard: Dashboard, terminal: Display, motion: TableMotion): void {
  const { state, keys, remarks } = dashboard;
  if (state.help === null) return;
  const data = helpData(keys, remarks, state.help.scroll, terminal.cols);
  const limit = overlayScrollLimit(data, terminal.rows);
  const page = Math.max(1, terminal.rows - 5);
  const steps: Readonly<Record<TableMotion, number>> = {
    up: -1,
    down: 1,
    top: -limit,
    bottom: limit,
    "page-up": -page,
    "page-down": page,
    "half-page-up": -Math.ceil(page / 2),
    "half-page-down": Math.ceil(page / 2),
  };
  state.help.scroll = Math.max(0, Math.min(limit, state.help.scroll + steps[motion]));
}
