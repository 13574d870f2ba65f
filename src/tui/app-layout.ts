// Divides the dashboard's screen for each class of sizes.
import { type SizeClass, sizeClass } from "./breakpoints.ts";
import { type LayoutNode, layOut, type Rect } from "./layout.ts";

/** What the layout depends on beside the size. */
export interface LayoutChoice {
  /** The panel that has the keys. */
  readonly focus: string;
  /** The panel in the place that several share, while one with a place of its own has the keys. */
  readonly main: string;
  /** Only that panel, over the whole screen. */
  readonly isZoomed: boolean;
}

const HEADER: LayoutNode = { name: "header", size: 1 };
const STATUS: LayoutNode = { name: "status", size: 1 };
const STRIP: LayoutNode = { name: "strip", size: 1 };
const RATES: LayoutNode = { name: "rates-strip", size: 1 };
const VITALS: LayoutNode = { name: "vitals", size: 1 };
/** The ladder of the selected teardown, where there is room beside the list. */
const PREVIEW: LayoutNode = { name: "preview", size: 86 };

const rows = (...parts: LayoutNode[]): LayoutNode => ({ split: "rows", parts });

/** Top row of the largest screens, so many rows high: states, rates, findings. */
const overview = (height: number, ratesWidth: number): LayoutNode => ({
  split: "columns",
  size: height,
  parts: [
    { name: "states", weight: 5 },
    { name: "rates", size: ratesWidth },
    { name: "findings", weight: 6 },
  ],
});

/** The top row where there is no room for the rates: states and findings. */
const brief = (height: number): LayoutNode => ({
  split: "columns",
  size: height,
  parts: [
    { name: "states", weight: 9 },
    { name: "findings", weight: 11 },
  ],
});

/** Who keeps connections open and who does not answer; on large screens how long it all takes. */
const causes = (height: number, timesWidth: number): LayoutNode => ({
  split: "columns",
  size: height,
  parts: [
    { name: "close-wait", weight: 1 },
    { name: "fin-resends", weight: 1 },
    { name: "times", size: timesWidth },
  ],
});

/** Panels with a place of their own from the medium size on; the others share the main place. */
const ASIDE: ReadonlySet<string> = new Set(["findings", "close-wait", "fin-resends"]);

/** The panel that the main place shows now, given the one that it showed last. */
export function mainPanel(focus: string, last: string): string {
  return ASIDE.has(focus) ? last : focus;
}

/** The panels of the overview in the order of the Tab key: those aside, then the main place. */
export function tabOrder(main: string): readonly string[] {
  return ASIDE.has(main) ? [...ASIDE] : [...ASIDE, main];
}

/** The panel in the place that several share, whose border names the others. */
export function sharedPanel(
  places: ReadonlyMap<string, Rect>,
  { focus, main }: Pick<LayoutChoice, "focus" | "main">,
): string {
  return places.has(main) ? main : focus;
}

type Layout = (choice: LayoutChoice) => LayoutNode;

const LAYOUTS: Readonly<Record<Exclude<SizeClass, "too-small">, Layout>> = {
  compact: ({ focus }) => rows(HEADER, STRIP, { name: focus }, STATUS),
  small: ({ focus }) =>
    rows(HEADER, STRIP, { name: "states", size: 9 }, RATES, VITALS, { name: focus }, STATUS),
  medium: ({ main }) => rows(HEADER, brief(9), RATES, VITALS, causes(7, 0), { name: main }, STATUS),
  large: ({ main }) =>
    rows(HEADER, overview(13, 34), causes(9, 40), { name: main }, VITALS, STATUS),
  wide: ({ main }) =>
    rows(
      HEADER,
      overview(16, 42),
      causes(11, 48),
      main === "teardowns"
        ? { split: "columns", parts: [{ name: main }, PREVIEW] }
        : { name: main },
      VITALS,
      STATUS,
    ),
};

/** Places of the screen by name; null where the terminal is too small for any. */
export function placePanels(
  cols: number,
  height: number,
  choice: LayoutChoice,
): ReadonlyMap<string, Rect> | null {
  const size = sizeClass(cols, height);
  if (size === "too-small") return null;
  const node = choice.isZoomed
    ? rows(HEADER, { name: choice.focus }, STATUS)
    : LAYOUTS[size](choice);
  return layOut(cols, height, node);
}
