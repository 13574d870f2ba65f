/** `--format mermaid`: the most telling teardown as a sequence diagram. */

import { type Ladder, ladderOf } from "../core/ladder.ts";
import type { LadderArrow, LadderChange, LadderRow } from "../core/ladder-row.ts";
import type { Clock } from "./clock.ts";
import { wrap } from "./columns.ts";
import { type Completeness, completenessOf } from "./completeness.ts";
import { countOf, countText, durationText } from "./duration.ts";
import { escapeMermaid } from "./escape-mermaid.ts";
import type { ExportFormat } from "./format.ts";
import { arrowLabel } from "./ladder-text.ts";
import { holderName, safeName } from "./names.ts";
import { asLines, inPieces } from "./pieces.ts";
import type { Report } from "./report.ts";
import { tellingEndpoints } from "./telling.ts";
import { lostWaveText } from "./words.ts";

/** More arrows make a diagram that nobody reads. */
const MOST_ARROWS = 50;

/** One sequence diagram; slice the recording to choose its connection. */
export const mermaid: ExportFormat = {
  name: "mermaid",
  extension: "mmd",
  about: "the most telling teardown as a diagram, for Markdown and wikis",
  render: (report) => inPieces(asLines(lines(report))),
};

function* lines(report: Report): Generator<string> {
  const { clock, endNs } = report.source;
  const [endpoint] = tellingEndpoints(report, 1);
  const completeness = completenessOf(report);
  if (endpoint === undefined) {
    yield "sequenceDiagram";
    yield `  participant A as ${escapeMermaid(safeName(report.recording.hostname))}`;
    yield* statement("A", completeness);
    yield "  Note over A: no teardown was seen";
    return;
  }
  const opening = [...statement("A,B", completeness)];
  yield* sequenceDiagram(ladderOf(endpoint, endNs), clock, { opening });
  const note = `${safeName(endpoint.id)} of ${countOf(report.summary.endpoints, "endpoint")}`;
  yield `  Note over A,B: ${escapeMermaid(note)}`;
}

/** Notes do not break their lines by themselves; so many columns stand between two lifelines. */
const NOTE_COLUMNS = 38;

/** What may be missing, above everything else. */
function* statement(over: "A" | "A,B", { headline, details }: Completeness): Generator<string> {
  const lines = [headline, ...details].flatMap((sentence) => wrap(sentence, NOTE_COLUMNS));
  yield `  Note over ${over}: ${lines.map(escapeMermaid).join("<br/>")}`;
}

/** How a ladder is written. */
interface DiagramStyle {
  /** Statements between the participants and the first row. */
  readonly opening?: readonly string[];
  /** States go into the messages and idle changes are left out, for a small space. */
  readonly isBrief?: boolean;
  readonly mostArrows?: number;
}

/** The statements of one ladder: solid arrows were seen, dashed ones concluded, `x` was lost. */
export function* sequenceDiagram(
  ladder: Ladder,
  clock: Clock,
  { opening = [], isBrief = false, mostArrows = MOST_ARROWS }: DiagramStyle = {},
): Generator<string> {
  yield "sequenceDiagram";
  yield `  participant A as ${endTitle(ladder.left)}`;
  yield `  participant B as ${endTitle(ladder.right)}`;
  yield* opening;
  let arrows = 0;
  const total = ladder.rows.filter(({ arrow }) => arrow !== null).length;
  const tail = total > mostArrows ? Math.floor(mostArrows / 2) : 0;
  for (const row of ladder.rows) {
    if (row.arrow === null) {
      if (!isBrief && (arrows === 0 || arrows === total)) yield* notes(row);
      continue;
    }
    arrows += 1;
    if (total > mostArrows && arrows > mostArrows - tail && arrows <= total - tail) {
      if (arrows === total - tail) yield leftOut(total - mostArrows);
      continue;
    }
    yield message(row.arrow, row, clock, isBrief);
    if (!isBrief) yield* notes(row);
  }
  if (isBrief && ladder.waiting === null) yield* lastNote(ladder, clock);
  if (ladder.waiting !== null) {
    const { segment, from, forNs } = ladder.waiting;
    yield `  Note over A,B: waiting for the ${segment} of ${from === "left" ? "A" : "B"}, ${durationText(forNs)} so far`;
  }
  if (ladder.lostWave !== null && !isBrief) {
    yield `  Note over A,B: ${escapeMermaid(lostWaveText(ladder.lostWave))}`;
  }
}

/** What a brief diagram would not tell: how it went on after the last segment. */
function* lastNote({ rows }: Ladder, clock: Clock): Generator<string> {
  const last = rows.at(-1);
  if (last === undefined || last.arrow !== null) return;
  const states = [...changed("A", last.left), ...changed("B", last.right)];
  const time = last.at === null ? "" : ` at ${clock.time(last.at, 3)}`;
  if (states.length > 0) yield `  Note over A,B: ${escapeMermaid(states.join(", ") + time)}`;
}

function endTitle({ name, endpoint }: Ladder["right"]): string {
  const who = endpoint === null ? "seen from A only" : holderName(endpoint);
  return `${escapeMermaid(name)}<br/>${escapeMermaid(who)}`;
}

function leftOut(count: number): string {
  return `  Note over A,B: ${countText(count)} more left out here`;
}

function message(arrow: LadderArrow, row: LadderRow, clock: Clock, isBrief: boolean): string {
  const [from, to] = arrow.from === "left" ? ["A", "B"] : ["B", "A"];
  const line = arrow.evidence === "observed" ? "-" : "--";
  const tip = arrow.isLost ? "x" : ">>";
  const time = row.at === null ? "" : ` at ${clock.time(row.at, isBrief ? 3 : 6)}`;
  const states = [...changed("A", row.left), ...changed("B", row.right)];
  const after = isBrief && states.length > 0 ? `, ${states.join(", ")}` : "";
  return `  ${from}${line}${tip}${to}: ${escapeMermaid(arrowLabel(arrow) + time + after)}`;
}

function changed(end: string, changes: readonly LadderChange[]): string[] {
  return changes.map(({ state }) => `${end} ${state}`);
}

function* notes({ left, right }: LadderRow): Generator<string> {
  for (const change of left) yield `  Note left of A: ${stateNote(change)}`;
  for (const change of right) yield `  Note right of B: ${stateNote(change)}`;
}

function stateNote({ state, evidence }: LadderChange): string {
  return evidence === "observed" ? state : `${state} (${evidence})`;
}
