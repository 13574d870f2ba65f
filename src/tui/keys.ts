// The one table of keys: what they do, what the help says of them, and where they count.

/** The numbers of the panels that keys go to. */
export const PANEL_NUMBERS = [1, 2, 3, 4, 5, 6, 7] as const;
type PanelNumber = (typeof PANEL_NUMBERS)[number];

/** What a key can ask for. An app registers handlers for those that it can do. */
export type Action =
  | "quit"
  | "interrupt"
  | "quit-and-print"
  | "help"
  | "pause"
  | "step-next"
  | "step-previous"
  | "forward-second"
  | "back-second"
  | "forward-minute"
  | "back-minute"
  | "jump-to-time"
  | "jump-start"
  | "jump-newest"
  | "up"
  | "down"
  | "top"
  | "bottom"
  | "page-up"
  | "page-down"
  | "half-page-up"
  | "half-page-down"
  | "filter"
  | "filter-invert"
  | "sort-menu"
  | "sort-left"
  | "sort-right"
  | "sort-reverse"
  | "back"
  | "close-overlay"
  | "detail"
  | "panel-next"
  | "panel-previous"
  | `panel-${PanelNumber}`
  | "zoom"
  | "follow"
  | "export-range"
  | "export-screen"
  | "mouse"
  | "mask"
  | "theme"
  | "faster"
  | "slower"
  | "suspend";

/** Where the keys go: the panels, or an overlay above them. A prompt takes its keys before both. */
export type KeyContext = "panels" | "overlay";

/** One line of the table. */
export interface KeyBinding {
  readonly action: Action;
  /** Names as `keyName` gives them; a blank joins keys pressed one after another. */
  readonly keys: readonly string[];
  readonly group: "Program" | "Time" | "Move" | "Find" | "View" | "Save";
  /** Neighbours with the same text share a line of the help: "a second back, forward". */
  readonly help: string;
  /** Where it counts; everywhere when absent. */
  readonly contexts?: readonly KeyContext[];
}

const PANELS: readonly KeyContext[] = ["panels"];
const OVERLAY: readonly KeyContext[] = ["overlay"];

const panelKey = (number: PanelNumber): KeyBinding => ({
  action: `panel-${number}`,
  keys: [String(number)],
  group: "View",
  help: number < 5 ? "findings, owners, peers, teardowns" : "endpoints, ports, log",
  contexts: PANELS,
});

/**
 * Every key of the program, in the order of the help.
 *
 * The conventions are those of the tools that people know: space freezes and the time keys are
 * atop's and below's, movement is less's and vi's, so `j` moves and never jumps; Escape closes
 * one level and never quits, and `q` closes a help as it does in less and btop. Of `t` and `T`, both pause a live view, as in atop.
 */
export const KEY_TABLE: readonly KeyBinding[] = [
  {
    action: "pause",
    keys: ["space"],
    group: "Time",
    help: "freeze, go on; nothing is missed",
  },
  {
    action: "step-next",
    keys: ["t"],
    group: "Time",
    help: "the next event, the one before",
    contexts: PANELS,
  },
  {
    action: "step-previous",
    keys: ["T"],
    group: "Time",
    help: "the next event, the one before",
    contexts: PANELS,
  },
  { action: "back-second", keys: ["["], group: "Time", help: "a second back, forward" },
  { action: "forward-second", keys: ["]"], group: "Time", help: "a second back, forward" },
  { action: "back-minute", keys: ["{"], group: "Time", help: "a minute back, forward" },
  { action: "forward-minute", keys: ["}"], group: "Time", help: "a minute back, forward" },
  { action: "jump-to-time", keys: ["b"], group: "Time", help: "jump to a time", contexts: PANELS },
  {
    action: "jump-start",
    keys: ["r"],
    group: "Time",
    help: "jump to the beginning",
    contexts: PANELS,
  },
  { action: "jump-newest", keys: ["Z"], group: "Time", help: "jump to the newest" },
  { action: "up", keys: ["up", "k"], group: "Move", help: "a line up, down" },
  { action: "down", keys: ["down", "j"], group: "Move", help: "a line up, down" },
  { action: "top", keys: ["g g", "home"], group: "Move", help: "to the top, the bottom" },
  { action: "bottom", keys: ["G", "end"], group: "Move", help: "to the top, the bottom" },
  { action: "page-up", keys: ["pageup"], group: "Move", help: "a page up, down" },
  { action: "page-down", keys: ["pagedown"], group: "Move", help: "a page up, down" },
  { action: "half-page-up", keys: ["C-u"], group: "Move", help: "half a page up, down" },
  { action: "half-page-down", keys: ["C-d"], group: "Move", help: "half a page up, down" },
  {
    action: "filter",
    keys: ["/"],
    group: "Find",
    help: "filter: text, state: pid: port: comm: age>30s",
    contexts: PANELS,
  },
  {
    action: "filter-invert",
    keys: ["!"],
    group: "Find",
    help: "show what the filter hides",
    contexts: PANELS,
  },
  {
    action: "sort-menu",
    keys: ["s"],
    group: "Find",
    help: "choose the column to sort by",
    contexts: PANELS,
  },
  {
    action: "sort-left",
    keys: ["<", "left"],
    group: "Find",
    help: "sort by the column left, right",
    contexts: PANELS,
  },
  {
    action: "sort-right",
    keys: [">", "right"],
    group: "Find",
    help: "sort by the column left, right",
    contexts: PANELS,
  },
  {
    action: "sort-reverse",
    keys: ["R"],
    group: "Find",
    help: "reverse the order",
    contexts: PANELS,
  },
  {
    action: "follow",
    keys: ["F"],
    group: "Find",
    help: "follow this row wherever it goes",
    contexts: PANELS,
  },
  {
    action: "detail",
    keys: ["enter"],
    group: "View",
    help: "open what this row stands for",
  },
  { action: "back", keys: ["escape"], group: "View", help: "close one level" },
  { action: "close-overlay", keys: ["q"], group: "View", help: "close it", contexts: OVERLAY },
  {
    action: "panel-next",
    keys: ["tab"],
    group: "View",
    help: "the next panel, the one before",
    contexts: PANELS,
  },
  {
    action: "panel-previous",
    keys: ["S-tab"],
    group: "View",
    help: "the next panel, the one before",
    contexts: PANELS,
  },
  ...PANEL_NUMBERS.map(panelKey),
  {
    action: "zoom",
    keys: ["e"],
    group: "View",
    help: "this panel over the whole screen",
    contexts: PANELS,
  },
  { action: "mask", keys: ["P"], group: "View", help: "hide addresses" },
  { action: "theme", keys: ["C"], group: "View", help: "next colour theme" },
  { action: "faster", keys: ["+"], group: "View", help: "more, fewer frames a second" },
  { action: "slower", keys: ["-"], group: "View", help: "more, fewer frames a second" },
  { action: "mouse", keys: ["m"], group: "View", help: "mouse on or off (off: select text)" },
  {
    action: "export-range",
    keys: ["w"],
    group: "Save",
    help: "write the window, or the incident, as a recording",
  },
  { action: "export-screen", keys: ["x"], group: "Save", help: "write this screen as text" },
  { action: "help", keys: ["?", "h", "f1"], group: "Program", help: "this help" },
  { action: "suspend", keys: ["C-z"], group: "Program", help: "back to the shell; fg returns" },
  { action: "quit", keys: ["q"], group: "Program", help: "quit", contexts: PANELS },
  { action: "interrupt", keys: ["C-c"], group: "Program", help: "quit" },
  {
    action: "quit-and-print",
    keys: ["Q"],
    group: "Program",
    help: "quit, leave this screen behind",
  },
];
