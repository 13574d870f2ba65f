// Names the sizes of terminal that a layout is made for.

/** A class of terminal sizes, from "cannot be used" to a wall screen. */
export type SizeClass = "too-small" | "compact" | "small" | "medium" | "large" | "wide";

/** The least columns and rows of each class, the largest first. */
export const BREAKPOINTS: ReadonlyArray<readonly [SizeClass, number, number]> = [
  ["wide", 200, 60],
  ["large", 160, 45],
  ["medium", 120, 30],
  ["small", 80, 24],
  ["compact", 60, 16],
];

/** The largest class whose columns and rows both fit. */
export function sizeClass(cols: number, rows: number): SizeClass {
  const fits = BREAKPOINTS.find(([, minCols, minRows]) => cols >= minCols && rows >= minRows);
  return fits?.[0] ?? "too-small";
}
