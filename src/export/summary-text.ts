/** The counts of a recording as text tables. */

import type { CountedPlace } from "../core/counted-lives.ts";
import type { Percentiles, Summary } from "../core/trace.ts";
import { isTcpState, TCP_STATES } from "../event/tcp-state.ts";
import { fitLeft, fitRight } from "./columns.ts";
import { countOf, countText, durationText } from "./duration.ts";

const NAME_COLUMNS = 16;
const COUNT_COLUMNS = 12;
const PLACE_COLUMNS = 20;
const MOST_PLACES = 10;

/** The summary's lines, 80 columns at most: counts by verdict and role, re-sends, percentiles. */
export function* summaryLines(summary: Summary): Generator<string> {
  const { endpoints, itemised, teardowns, retransmits } = summary;
  const listed = itemised === endpoints ? "" : `, ${countText(itemised)} itemised`;
  yield `  ${countOf(endpoints, "endpoint")}${listed}; ${countOf(teardowns, "teardown")}`;
  yield `  sent again: ${countText(retransmits.FIN)} FIN, ${countText(retransmits.DATA)} DATA, ${countText(retransmits.SYN)} SYN`;
  if (endpoints === 0) return;
  yield "";
  const verdicts = countLines("verdict", summary.byVerdict);
  const roles = countLines("role", summary.byRole);
  for (let i = 0; i < Math.max(verdicts.length, roles.length); i++) {
    const left = fitLeft(verdicts[i] ?? "", NAME_COLUMNS + COUNT_COLUMNS + 6);
    yield `  ${left}${roles[i] ?? ""}`.trimEnd();
  }
  yield* placeLines(summary.counted ?? []);
  const phases = phaseRows(summary);
  if (phases.length === 0) return;
  yield "";
  yield tableRow("time in state", ["p50", "p90", "p99", "max"]);
  for (const [state, times] of phases) {
    const cells = [times.p50, times.p90, times.p99, times.max];
    yield tableRow(
      state,
      cells.map((ms) => durationText(ms * 1e6)),
    );
  }
}

/** Where those were that the kernel only counted. */
function* placeLines(places: readonly CountedPlace[]): Generator<string> {
  if (places.length === 0) return;
  yield "";
  yield `  ${placeRow("only counted, at", "role", "endpoints")}`;
  for (const { side, port, role, count } of places.slice(0, MOST_PLACES)) {
    yield `  ${placeRow(placeText(side, port), role, countText(count))}`;
  }
  const rest = places.slice(MOST_PLACES);
  if (rest.length === 0) return;
  const sum = rest.reduce((all, { count }) => all + count, 0);
  yield `  ${placeRow(`${countText(rest.length)} more`, "", countText(sum))}`;
}

function placeText(side: CountedPlace["side"], port: number): string {
  if (port === 0) return side === "in" ? "other listeners" : "other destinations";
  return side === "in" ? `listener :${port}` : `towards :${port}`;
}

function placeRow(place: string, role: string, count: string): string {
  return (
    fitLeft(place, PLACE_COLUMNS) + fitLeft(role, COUNT_COLUMNS) + fitRight(count, COUNT_COLUMNS)
  );
}

/** States with percentiles, in the kernel's order; anything else that a summary names is left out. */
export function phaseRows({ phaseMs }: Summary): [string, Percentiles][] {
  return TCP_STATES.flatMap((state) => {
    const times = isTcpState(state) ? phaseMs[state] : undefined;
    return state === null || times === undefined ? [] : [[state, times] as [string, Percentiles]];
  });
}

function countLines(title: string, counts: Readonly<Record<string, number>>): string[] {
  const rows = Object.entries(counts).filter(([, count]) => count > 0);
  if (rows.length === 0) return [];
  return [row(title, "endpoints"), ...rows.map(([name, count]) => row(name, countText(count)))];
}

function row(name: string, count: string): string {
  return fitLeft(name, NAME_COLUMNS) + fitRight(count, COUNT_COLUMNS);
}

function tableRow(name: string, cells: readonly string[]): string {
  return `  ${fitLeft(name, NAME_COLUMNS)}${cells.map((cell) => fitRight(cell, 15)).join("")}`;
}
