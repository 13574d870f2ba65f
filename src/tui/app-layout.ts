// Divides the dashboard's screen for each class of sizes.
import { type SizeClass, sizeClass } from "./breakpoints.ts";
import { type LayoutNode, layOut, type Rect } from "./layout.ts";

/** What the layout depends on beside the size. */
export interface LayoutChoice {
  /** The panel that has the keys. */
  readonly focus: string;
  /** Only that panel, over the whole screen. */
  readonly isZoomed: boolean;
}

const HEADER: LayoutNode = { name: "header", size: 1 };
const STATUS: LayoutNode = { name: "status", size: 1 };
const STRIP: LayoutNode = { name: "strip", size: 1 };
const RATES: LayoutNode = { name: "rates-strip", size: 1 };
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

const causes = (height: number): LayoutNode => ({
  split: "columns",
  size: height,
  parts: [{ name: "close-wait" }, { name: "fin-resends" }],
});

const LAYOUTS: Readonly<Record<Exclude<SizeClass, "too-small">, (focus: string) => LayoutNode>> = {
  compact: (focus) => rows(HEADER, STRIP, { name: focus }, STATUS),
  small: (focus) =>
    rows(HEADER, { name: "states", size: 9 }, RATES, STRIP, { name: focus }, STATUS),
  medium: () => rows(HEADER, brief(9), RATES, causes(7), { name: "teardowns" }, STATUS),
  large: () => rows(HEADER, overview(13, 34), causes(9), { name: "teardowns" }, STATUS),
  wide: () =>
    rows(
      HEADER,
      overview(16, 42),
      causes(11),
      { split: "columns", parts: [{ name: "teardowns" }, PREVIEW] },
      STATUS,
    ),
};

/** Places of the screen by name; null where the terminal is too small for any. */
export function placePanels(
  cols: number,
  height: number,
  { focus, isZoomed }: LayoutChoice,
): ReadonlyMap<string, Rect> | null {
  const size = sizeClass(cols, height);
  if (size === "too-small") return null;
  const node = isZoomed ? rows(HEADER, { name: focus }, STATUS) : LAYOUTS[size](focus);
  return layOut(cols, height, node);
}
