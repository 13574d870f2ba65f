/** The teardown ladder as SVG: two lifelines coloured by state, arrows with their evidence. */

import type { Ladder } from "../core/ladder.ts";
import type { LadderArrow, LadderChange, LadderRow, LadderSide } from "../core/ladder-row.ts";
import { countText, durationText } from "./duration.ts";
import { arrowLabel } from "./ladder-text.ts";
import { type Content, Markup, markup } from "./markup.ts";

const WIDTH = 340;
const RAIL_X = { left: 86, right: 254 } as const;
const TOP = 14;
const ROW = 52;

/** Rows beyond these are cut out of the middle. */
const MOST_ROWS = 16;

/** A place on the vertical axis: rows stand at equal distance, not to scale. */
interface PlacedRow extends LadderRow {
  readonly y: number;
}

/** The drawing, about 340 pixels wide; it scales with its column. Colours come from the page. */
export function ladderSvg(ladder: Ladder): Markup {
  const { rows, leftOut } = shownRows(ladder);
  const hasFoot = ladder.waiting !== null;
  const bottom = TOP + Math.max(1, rows.length) * ROW - (hasFoot ? 0 : ROW / 2);
  const height = bottom + (hasFoot ? 24 : 12);
  return markup`<svg class="ladder" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Ladder of ${ladder.left.name} and ${ladder.right.name}">
${rail(rows, "left", bottom)}${rail(rows, "right", bottom)}${rows.map((row, i) => rung(row, rows[i - 1]))}${leftOut === 0 ? null : cutMark(leftOut, rows[MOST_ROWS / 2]?.y ?? 0)}${foot(ladder, bottom)}</svg>`;
}

function shownRows({ rows }: Ladder): { rows: PlacedRow[]; leftOut: number } {
  const leftOut = Math.max(0, rows.length - MOST_ROWS);
  const half = MOST_ROWS / 2;
  const shown = leftOut === 0 ? rows : [...rows.slice(0, half), ...rows.slice(-half)];
  return { rows: shown.map((row, i) => ({ ...row, y: TOP + i * ROW + ROW / 2 })), leftOut };
}

/** One lifeline: a thin line for what is not known, a coloured band for each state. */
function rail(rows: readonly PlacedRow[], side: LadderSide, bottom: number): Content {
  const x = RAIL_X[side];
  const changes = rows.flatMap((row) => row[side].map((change) => ({ change, y: row.y })));
  const bands = changes.map(({ change, y }, i) => {
    const next = changes[i + 1]?.y ?? bottom;
    if (change.state === "CLOSE") return endMark(x, y);
    return markup`<rect class="s-${change.state}" x="${x - 4}" y="${y}" width="8" height="${Math.max(0, next - y)}" rx="2"/>`;
  });
  const isEnded = changes.at(-1)?.change.state === "CLOSE";
  const end = isEnded ? (changes.at(-1)?.y ?? bottom) : bottom;
  return markup`<line class="rail" x1="${x}" x2="${x}" y1="${TOP}" y2="${end}"/>${bands}`;
}

function endMark(x: number, y: number): Markup {
  return markup`<path class="gone" d="M${x - 5} ${y - 5}l10 10m0 -10l-10 10"/>`;
}

function rung(row: PlacedRow, before: PlacedRow | undefined): Content {
  return [
    pause(row, before),
    row.arrow === null ? null : arrow(row.arrow, row.y),
    labels(row, "left"),
    labels(row, "right"),
  ];
}

/** The time since the row before, where that is more than nothing. */
function pause(row: PlacedRow, before: PlacedRow | undefined): Content {
  if (before === undefined || row.afterNs === null || row.afterNs <= 0) return null;
  const y = (row.y + before.y) / 2 - 3;
  return markup`<text class="pause" x="${WIDTH / 2}" y="${y}">+${durationText(row.afterNs)}</text>`;
}

function arrow(arrow: LadderArrow, y: number): Markup {
  const isRight = arrow.from === "left";
  const [start, end] = isRight
    ? [RAIL_X.left + 7, RAIL_X.right - 8]
    : [RAIL_X.right - 7, RAIL_X.left + 8];
  const stop = arrow.isLost ? start + (end - start) * 0.6 : end;
  const back = isRight ? -7 : 7;
  const tip = arrow.isLost
    ? markup`<path class="lost" d="M${stop - 5} ${y - 5}l10 10m0 -10l-10 10"/>`
    : markup`<path class="tip" d="M${end} ${y}l${back} -4v8z"/>`;
  return markup`<g class="${arrowClass(arrow)}"><line x1="${start}" x2="${stop}" y1="${y}" y2="${y}"/>${tip}<text class="segment" x="${(start + stop) / 2}" y="${y - 6}">${arrowLabel(arrow)}</text></g>`;
}

function arrowClass({ segment, evidence, resends }: LadderArrow): string {
  const kind = segment === "RST" ? "rst" : resends > 0 ? "again" : "wave";
  return `${kind} ${evidence}`;
}

/** Names of the states that begin here, outside the lifeline. */
function labels(row: PlacedRow, side: LadderSide): Content {
  const x = side === "left" ? RAIL_X.left - 11 : RAIL_X.right + 11;
  return row[side].map((change, i) => {
    const y = row.y + 4 + i * 12;
    return markup`<text class="state ${side}" x="${x}" y="${y}">${stateLabel(change)}</text>`;
  });
}

function stateLabel({ state, evidence }: LadderChange): string {
  return evidence === "inferred" ? `${state}?` : state;
}

function cutMark(count: number, y: number): Markup {
  return markup`<text class="pause" x="${WIDTH / 2}" y="${y - ROW / 2 + 14}">${countText(count)} rows left out</text>`;
}

function foot({ waiting }: Ladder, bottom: number): Content {
  if (waiting === null) return null;
  const who = waiting.from === "left" ? "this end" : "the other end";
  const text = `waiting for the ${waiting.segment} of ${who}: ${durationText(waiting.forNs)}`;
  return markup`<text class="waiting" x="${WIDTH / 2}" y="${bottom + 14}">${text}</text>`;
}

/** Explains lines and colours once for all ladders. */
export const LADDER_KEY = new Markup(
  `<p class="key"><span class="k observed">seen by a probe</span> <span class="k snapshot">in the socket table</span> <span class="k inferred">concluded</span> <span class="k lost">lost</span> <span>A state with ? is concluded. Rows stand at equal distance; the time between them is written.</span></p>`,
);
