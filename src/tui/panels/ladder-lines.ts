// Draws the ladder of a teardown as lines: two rails, the segments between them, the states beside.
import type { Evidence } from "../../core/endpoint.ts";
import type { Ladder, LadderWait } from "../../core/ladder.ts";
import type { LadderArrow, LadderChange, LadderRow } from "../../core/ladder-row.ts";
import type { Nanoseconds } from "../../event/trace-event.ts";
import { formatDuration } from "../format.ts";
import type { Span } from "../painter.ts";
import { cellText, cutText, fitText, textWidth } from "../text.ts";
import type { Role, Theme } from "../theme.ts";
import { fitLine, type Line } from "./wrap.ts";

const TIME_WIDTH = 11;
const STATE_WIDTH = 15;
const LEAST_ARROW = 24;
const MOST_ARROW = 54;
/** A pause of this length between two rungs gets a line of its own. */
const PAUSE_NS = 500e6;

const EVIDENCE_MARKS: Readonly<Record<Evidence, string>> = {
  observed: "",
  snapshot: "=",
  inferred: "?",
};

/** How the strokes of arrows are drawn, by evidence; drawn over and over. */
function strokesOf({ glyphs }: Theme): Readonly<Record<Evidence, string>> {
  const solid = glyphs.horizontal;
  return { observed: solid, snapshot: `${solid} `, inferred: glyphs.level === "full" ? "┄" : ". " };
}

/** The signs that {@link ladderLines} uses, explained. */
export function ladderLegend(theme: Theme): Line {
  const strokes = strokesOf(theme);
  const sample = (evidence: Evidence): Span => ({
    text: strokes[evidence].repeat(4).slice(0, 4),
    paint: "text",
  });
  return [
    sample("observed"),
    { text: " seen by a probe   ", paint: "muted" },
    sample("snapshot"),
    { text: " or = in the socket table   ", paint: "muted" },
    sample("inferred"),
    { text: " or ? concluded", paint: "muted" },
  ];
}

/** Lines of a ladder that fit into `width` columns, at least 72. */
export function ladderLines(ladder: Ladder, width: number, theme: Theme): Line[] {
  const free = width - TIME_WIDTH - 2 * STATE_WIDTH - 2;
  const drawing: Drawing = {
    theme,
    unicode: theme.glyphs.level !== "ascii",
    arrow: Math.min(MOST_ARROW, Math.max(LEAST_ARROW, free)),
    start: startOf(ladder),
  };
  const lines: Line[] = [headLine(ladder, drawing)];
  for (const row of ladder.rows) {
    if (row.afterNs !== null && row.afterNs >= PAUSE_NS)
      lines.push(pauseLine(row.afterNs, drawing));
    lines.push(...rowLines(row, drawing));
  }
  if (ladder.waiting !== null) lines.push(waitLine(ladder.waiting, drawing));
  return lines;
}

interface Drawing {
  readonly theme: Theme;
  readonly unicode: boolean;
  readonly arrow: number;
  readonly start: Nanoseconds;
}

/** What the times count from: the first segment, else the first row. */
function startOf({ rows }: Ladder): Nanoseconds {
  return (rows.find(({ arrow, at }) => arrow !== null && at !== null) ?? rows[0])?.at ?? 0;
}

function headLine({ left, right }: Ladder, { unicode, arrow }: Drawing): Line {
  const room = STATE_WIDTH + Math.floor((arrow + 2) / 2);
  const name = (text: string, align: "left" | "right") =>
    fitText(text, room - 1, { align, unicode });
  return [
    { text: fitText("elapsed s", TIME_WIDTH, { align: "right", unicode }), paint: "header" },
    { text: `  ${name(left.name, "left")}`, paint: "title" },
    { text: name(right.name, "right"), paint: right.endpoint === null ? "muted" : "title" },
    { text: right.endpoint === null ? "" : "", paint: "muted" },
  ];
}

/** A text between the rails, in the middle. */
function between(text: string, paint: Role, { theme, unicode, arrow }: Drawing): Line {
  const rail: Span = { text: theme.glyphs.vertical, paint: "border" };
  return [
    { text: " ".repeat(TIME_WIDTH + 2 + STATE_WIDTH) },
    rail,
    { text: fitText(text, arrow, { align: "center", unicode }), paint },
    rail,
  ];
}

/** The segment that does not come, as an arrow that has not arrived. */
function waitLine({ segment, from, forNs }: LadderWait, drawing: Drawing): Line {
  const label = ` no ${segment} for ${formatDuration(forNs / 1e6)} `;
  const room = drawing.arrow - label.length - 1;
  const dots = strokesOf(drawing.theme).inferred.repeat(room);
  const before = Math.floor(room / 2);
  const [head, tail] = [dots.slice(0, before), dots.slice(0, room - before)];
  const text = from === "left" ? `${head}${label}${tail}?` : `?${tail}${label}${head}`;
  return between(text, "warn", drawing);
}

function pauseLine(ns: Nanoseconds, drawing: Drawing): Line {
  return between(`${formatDuration(ns / 1e6)} later`, "muted", drawing);
}

function rowLines(row: LadderRow, drawing: Drawing): Line[] {
  const count = Math.max(1, row.left.length, row.right.length);
  return Array.from({ length: count }, (_, i) => {
    const isFirst = i === 0;
    const rail: Span = { text: drawing.theme.glyphs.vertical, paint: "border" };
    const time = isFirst ? elapsed(row.at, drawing.start) : "";
    const arrow = isFirst && row.arrow !== null ? arrowSpans(row, row.arrow, drawing) : null;
    return [
      { text: `${fitText(time, TIME_WIDTH, { align: "right" })}  `, paint: "muted" },
      ...fitLine(changeSpans(row.left[i]), STATE_WIDTH, drawing.unicode),
      rail,
      ...(arrow ?? [{ text: " ".repeat(drawing.arrow) }]),
      rail,
      { text: " " },
      ...changeSpans(row.right[i]),
    ];
  });
}

function elapsed(at: Nanoseconds | null, start: Nanoseconds): string {
  return at === null ? "" : ((at - start) / 1e9).toFixed(6);
}

function changeSpans(change: LadderChange | undefined): Line {
  if (change === undefined) return [];
  return [
    { text: change.state, paint: change.state },
    { text: EVIDENCE_MARKS[change.evidence], paint: "muted" },
  ];
}

function paintOf({ segment, resends, isLost }: LadderArrow): Role {
  if (segment === "RST" || isLost) return "critical";
  if (resends > 0) return "warn";
  return segment === "ACK" ? "ok" : "accent";
}

/** An arrow across the whole width, its label in the middle. */
function arrowSpans(row: LadderRow, arrow: LadderArrow, drawing: Drawing): Line {
  const { theme, unicode } = drawing;
  const paint = paintOf(arrow);
  const label = ` ${cutText(arrowLabel(row, arrow), drawing.arrow - 8, unicode)} `;
  const stroke = strokesOf(theme)[arrow.evidence];
  const room = drawing.arrow - textWidth(cellText(label, unicode)) - 1;
  const before = Math.floor(room / 2);
  const line = (columns: number) => stroke.repeat(columns).slice(0, columns);
  const isRight = arrow.from === "left";
  const tip = arrow.isLost ? "X" : tipOf(theme, isRight);
  const head = line(isRight ? before : room - before);
  const tail = line(isRight ? room - before : before);
  return [
    { text: isRight ? head : tip + head, paint },
    { text: label, paint: "title" },
    { text: isRight ? tail + tip : tail, paint },
  ];
}

function tipOf({ glyphs }: Theme, isRight: boolean): string {
  if (glyphs.level !== "full") return isRight ? ">" : "<";
  return isRight ? "▸" : "◂";
}

/** `FIN  wave 1`, `FIN again 5x RTO in 6.4s`: the segment, its wave, how often, why. */
function arrowLabel({ at, until }: LadderRow, arrow: LadderArrow): string {
  const { segment, wave, resends, cause, isLost } = arrow;
  if (wave !== null) return `${segment}  wave ${wave}${isLost ? ", lost" : ""}`;
  if (resends === 0) return segment;
  const why = cause === null || cause === "unknown" ? "" : ` ${cause}`;
  if (resends === 1) return `${segment} again${why}`;
  const span = at === null || until === null ? "" : ` in ${formatDuration((until - at) / 1e6)}`;
  return `${segment} again, ${resends}x${why}${span}`;
}
