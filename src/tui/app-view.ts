// Paints the whole dashboard from one scene and the user's position.
import { type Doing, paintHeader, paintStatus, paintStrip } from "./app-health.ts";
import { mainPanel, placePanels, sharedPanel } from "./app-layout.ts";
import type { AppState } from "./app-state.ts";
import { paintBox, paintFoot } from "./box.ts";
import type { KeyDispatcher } from "./key-dispatch.ts";
import type { Action } from "./keys.ts";
import { helpOverlay, type OverlayData, paintOverlay, paintTooSmall } from "./overlay.ts";
import type { Painter, Span } from "./painter.ts";
import { LIST_PANELS } from "./panels/index.ts";
import { type AnyPanel, anyPanel, type Scene, type ShownPanel, stillLook } from "./panels/panel.ts";
import { paintRatesStrip } from "./panels/rates.ts";
import { timelinePanel } from "./panels/timeline.ts";
import { paintVitals } from "./panels/vitals.ts";
import { wrapLine } from "./panels/wrap.ts";
import { paintPrompt } from "./prompt.ts";
import { keyHint, type StatusItem } from "./status-line.ts";

/** Everything that one frame is made of. */
export interface FrameParts {
  readonly scene: Scene;
  readonly doing: Doing;
  readonly state: AppState;
  readonly panels: ReadonlyMap<string, AnyPanel>;
  readonly keys: KeyDispatcher;
  /** Lines of trouble so far, foreign text. */
  readonly remarks: readonly string[];
  /** The view of a panel at this moment. */
  show(panel: AnyPanel): ShownPanel;
}

/** Paint one frame. */
export function paintFrame(painter: Painter, parts: FrameParts): void {
  const { state, panels } = parts;
  const level = state.levels.at(-1);
  const isZoomed = state.isZoomed || level !== undefined;
  state.main = mainPanel(state.focus, state.main);
  const { focus, main } = state;
  const places = placePanels(painter.width, painter.height, { focus, main, isZoomed });
  if (places === null) {
    paintTooSmall(painter, painter.width, painter.height);
    return;
  }
  const shared = isZoomed ? null : sharedPanel(places, state);
  state.rects.clear();
  for (const [place, rect] of places) {
    const at = painter.within(rect);
    if (place === "header") paintHeader(at, parts.scene, parts.doing);
    else if (place === "status" && state.typing !== null) paintPrompt(at, state.typing.prompt);
    else if (place === "status") paintStatus(at, parts.scene, parts.doing, hints(parts));
    else if (place === "strip") paintStrip(at, parts.scene);
    else if (place === "rates-strip") paintRatesStrip(at, parts.scene);
    else if (place === "vitals") paintVitals(at, parts.scene, !places.has("times"));
    else if (place === "preview") paintPreview(at, parts);
    else {
      const panel = level?.panel ?? panels.get(place);
      const others = place === shared ? LIST_PANELS.filter(({ name }) => !places.has(name)) : [];
      if (panel !== undefined) paintPanel(at, panel, parts, others);
      if (panel !== undefined) state.rects.set(panel.name, rect);
    }
  }
  const menu = state.sort.overlay();
  if (menu !== null) paintOverlay(painter, menu);
  if (state.help !== null) {
    paintOverlay(painter, helpData(parts.keys, parts.remarks, state.help.scroll, painter.width));
  }
}

/** Most remarks that the help repeats. */
const MOST_REMARKS = 8;

/** The help from the table of keys, and below it the lines of trouble, the newest last. */
export function helpData(
  keys: KeyDispatcher,
  remarks: readonly string[],
  scroll: number,
  cols: number,
): OverlayData {
  const help = helpOverlay(keys.help(), cols, scroll);
  if (remarks.length === 0) return help;
  const lines = remarks
    .slice(-MOST_REMARKS)
    .flatMap((text) => wrapLine([{ text: ` ${text}`, paint: "warn" }], cols - 8, true));
  return { ...help, lines: [...help.lines, [], [{ text: "Remarks", paint: "title" }], ...lines] };
}

function paintPanel(
  painter: Painter,
  panel: AnyPanel,
  parts: FrameParts,
  tabs: readonly AnyPanel[],
): void {
  const { state, scene } = parts;
  const shown = parts.show(panel);
  const number = LIST_PANELS.findIndex(({ name }) => name === panel.name) + 1;
  const focused = state.active === panel.name;
  const inside = paintBox(painter, {
    title: number > 0 ? `${number} ${tabs.length > 0 ? panel.tab : panel.title}` : panel.title,
    note: tabs.length > 0 ? tabSpans(tabs) : shown.note,
    ...(tabs.length > 0 && { foot: shown.note }),
    focused,
  });
  shown.draw(inside, {
    scene,
    focused,
    settle: (visible, followsTop = false) =>
      state.settle(panel.name, shown.keys, visible, followsTop),
    scroll: (lines, visible) => state.scroll(panel.name, lines, visible),
  });
  const below = state.linesBelow(panel.name);
  if (below > 0) paintFoot(painter, [{ text: `${below} more below`, paint: "accent" }]);
}

/** The ladder of the selected teardown beside the list, without any key of its own. */
function paintPreview(painter: Painter, parts: FrameParts): void {
  const list = parts.panels.get("teardowns");
  const key = parts.state.selectedIn("teardowns");
  const opening = list === undefined || key === null ? null : parts.show(list).open(key);
  if (opening?.kind !== "teardown") {
    const inside = paintBox(painter, { title: "Teardown" });
    const text = inside.fit("the ladder of the selected teardown", inside.width, "center");
    inside.text(0, Math.floor(inside.height / 2), text, "muted");
    return;
  }
  const panel = anyPanel(timelinePanel(opening));
  const inside = paintBox(painter, { title: panel.title });
  panel.show(parts.scene).draw(inside, stillLook(parts.scene, []));
}

/** The numbers of the panels that share a place with another, each in a word. */
function tabSpans(tabs: readonly AnyPanel[]): Span[] {
  return tabs.flatMap((other, index): Span[] => [
    { text: `${index > 0 ? "  " : ""}${LIST_PANELS.indexOf(other) + 1}`, paint: "accent" },
    { text: ` ${other.tab}`, paint: "muted" },
  ]);
}

/** Ways through time, while it stands still. */
const PAUSED_HINTS = [
  ["step-previous", "event back", 4],
  ["back-second", "second", 3],
  ["jump-to-time", "to a time", 2],
  ["jump-newest", "newest", 5],
] as const;

/** What the keys of an overlay do to it, and to the program. */
const OVERLAY_HINTS = [
  ["close-overlay", "close", 10],
  ["interrupt", "quit", 9],
] as const;

/** Keys that help at this moment; what leads out of here stays longest. */
function hints({ keys, state, doing }: FrameParts): StatusItem[] {
  const isOver = state.levels.length > 0;
  const isOverlaid = state.help !== null || state.sort.menu !== null;
  const offered: ReadonlyArray<readonly [Action, string, number?]> = [
    ["help", "help"],
    ...(isOver ? ([["back", "back", 9]] as const) : []),
    ...(state.selected === null ? [] : ([["detail", "open", 8]] as const)),
    ...(isOver ? [] : ([["panel-next", "panel", 6]] as const)),
    ...(state.followed === null ? [] : ([["follow", followText(state), 9]] as const)),
    ...(isOver || !state.isZoomed ? [] : ([["back", "all panels", 6]] as const)),
    doing.paused === null ? ["pause", "freeze", 7] : ["pause", "go on", 10],
    ...(doing.paused === null ? [] : PAUSED_HINTS),
    ["quit", "quit", 9],
  ];
  return (isOverlaid ? OVERLAY_HINTS : offered).flatMap(([action, text, optional]) => {
    const key = keys.keyFor(action);
    return key === null ? [] : [keyHint(key, text, optional)];
  });
}

const followText = ({ followed, isFollowedShown }: FrameParts["state"]) =>
  `following ${followed}${isFollowedShown ? "" : " (not in this list)"}`;
