/** The teardown ladder in plain text, 76 columns wide, in the manner of RFC 9293's figures. */

import type { Evidence } from "../core/endpoint.ts";
import type { Ladder } from "../core/ladder.ts";
import type { LadderArrow, LadderChange, LadderRow } from "../core/ladder-row.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import { columnsOf, fitLeft, fitRight } from "./columns.ts";
import { countText, durationText } from "./duration.ts";
import { lostWaveText } from "./words.ts";

const TIME_COLUMNS = 12;
const STATE_COLUMNS = 13;
const ARROW_COLUMNS = 30;

/** More rows than a page are cut out of the middle: the ends of a teardown tell most. */
const MOST_ROWS = 18;

const STROKES: Readonly<Record<Evidence, string>> = {
  observed: "-",
  snapshot: "- ",
  inferred: ". ",
};

const MARKS: Readonly<Record<Evidence, string>> = { observed: "", snapshot: "=", inferred: "?" };

/** Explains the marks; a text prints it once above its ladders. */
export const LADDER_LEGEND = [
  "----> seen by a probe   - - > in the socket table   . . > concluded",
  "Seconds since the first segment; the wave's number in brackets. A state with ?",
  "is concluded, one with = was in the socket table.",
] as const;

/** The ladder's lines, without indentation. Names of the ends stand in the text around it. */
export function* ladderLines(ladder: Ladder): Generator<string> {
  const start = startOf(ladder);
  const rail = " ".repeat(ARROW_COLUMNS + 2);
  yield `${fitRight("elapsed", TIME_COLUMNS)}  ${fitLeft("A", STATE_COLUMNS)}${rail} B`;
  const { rows } = ladder;
  const tail = MOST_ROWS / 2 - 1;
  for (const [i, row] of rows.entries()) {
    if (rows.length > MOST_ROWS && i >= MOST_ROWS / 2 && i < rows.length - tail) {
      if (i === MOST_ROWS / 2) yield gapLine(rows.length - MOST_ROWS / 2 - tail);
      continue;
    }
    yield* rowLines(row, start);
  }
  if (ladder.waiting !== null) {
    const { segment, from, forNs } = ladder.waiting;
    const whose = from === "left" ? "A" : "B";
    yield `${" ".repeat(TIME_COLUMNS + 2)}waiting for the ${segment} of ${whose}, ${durationText(forNs)} so far`;
  }
  if (ladder.lostWave !== null) {
    yield `${" ".repeat(TIME_COLUMNS + 2)}${lostWaveText(ladder.lostWave)}`;
  }
}

/** What the times count from: the first segment of which it is known when, else the first row. */
export function startOf({ rows }: Ladder): Nanoseconds {
  const timed = rows.filter((row) => row.at !== null);
  return (timed.find((row) => row.arrow !== null) ?? timed[0])?.at ?? 0;
}

function gapLine(count: number): string {
  return `${" ".repeat(TIME_COLUMNS + 2)}(${countText(count)} rows left out)`;
}

function* rowLines(row: LadderRow, start: number): Generator<string> {
  const lines = Math.max(1, row.left.length, row.right.length);
  for (let i = 0; i < lines; i++) {
    const time = i === 0 ? elapsed(row.at, start) : "";
    const arrow = i === 0 && row.arrow !== null ? arrowText(row.arrow) : " ".repeat(ARROW_COLUMNS);
    const left = fitLeft(stateText(row.left[i]), STATE_COLUMNS);
    const right = stateText(row.right[i]) || (i === 0 ? untilText(row, start) : "");
    yield `${fitRight(time, TIME_COLUMNS)}  ${left}|${arrow}| ${right}`.trimEnd();
  }
}

function elapsed(at: number | null, start: number): string {
  return at === null ? "no time" : ((at - start) / 1e9).toFixed(6);
}

/** The last of several re-sends in one row. */
function untilText({ at, until }: LadderRow, start: number): string {
  return until === at ? "" : `(to ${elapsed(until, start)})`;
}

function stateText(change: LadderChange | undefined): string {
  return change === undefined ? "" : change.state + MARKS[change.evidence];
}

/** An arrow across the whole width with its label in the middle. */
function arrowText(arrow: LadderArrow): string {
  const label = arrowLabel(arrow);
  const room = ARROW_COLUMNS - 1 - columnsOf(label) - 2;
  const stroke = STROKES[arrow.evidence].repeat(ARROW_COLUMNS);
  const before = stroke.slice(0, Math.floor(room / 2)).trimEnd();
  const after = stroke.slice(0, room - columnsOf(before));
  const tip = arrow.isLost ? "X" : arrow.from === "left" ? ">" : "<";
  const line = `${before} ${label} ${after}`;
  return arrow.from === "left" ? line + tip : tip + line;
}

/** `FIN (1)`, `FIN again, RTO`, `FIN again, 7 times`: the segment, its wave, how often, why. */
export function arrowLabel({ segment, wave, resends, cause }: LadderArrow): string {
  if (wave !== null) return `${segment} (${wave})`;
  if (resends === 0) return segment;
  const why = cause === null || cause === "unknown" ? "" : cause;
  if (resends === 1) return `${segment} again${why && `, ${why}`}`;
  return `${segment} again, ${resends} ${why === "" ? "times" : `x ${why}`}`;
}
