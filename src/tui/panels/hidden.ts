// What a panel says of rows that the filter hides: an empty list must not read as "there are none".
import { formatCount } from "../format.ts";
import type { Span } from "../painter.ts";

/** What stands in a list without rows: that there is nothing, or that the filter hides all. */
export function emptyText(none: string, hidden: number): string {
  return hidden === 0 ? none : `the filter hides all of ${formatCount(hidden)}`;
}

/** `, 3 hidden` behind what a panel counts of its rows; nothing where the filter hides none. */
export function hiddenSpan(hidden: number): Span {
  return { text: hidden === 0 ? "" : `, ${formatCount(hidden)} hidden`, paint: "muted" };
}
