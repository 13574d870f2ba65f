// Draws how long each end stayed in each state, with what that is known from.
import type { Endpoint, Phase } from "../../core/endpoint.ts";
import type { Nanoseconds } from "../../event/trace-event.ts";
import { formatDuration } from "../format.ts";
import { barPieces } from "../spark.ts";
import type { Theme } from "../theme.ts";
import { localText } from "./endpoint-cells.ts";
import { fitLine, type Line } from "./wrap.ts";

const STATE_WIDTH = 14;
const TIME_WIDTH = 9;
const EVIDENCE_WIDTH = 9;
/** Both ends stand side by side from this width on. */
const BESIDE = 104;
/** Shortest and longest stay of the bars' logarithmic scale, milliseconds. */
const SHORTEST_MS = 0.01;
const LONGEST_MS = 120_000;

/** The phases of an endpoint, and of its other end where that is on this host. */
export function phaseLines(
  endpoint: Endpoint,
  now: Nanoseconds,
  width: number,
  theme: Theme,
): Line[] {
  const { peer } = endpoint;
  const isWide = peer !== null && width >= BESIDE;
  const column = isWide ? Math.floor(width / 2) - 1 : Math.min(width, 76);
  const ours = columnOf(endpoint, now, column, theme);
  if (peer === null) return ours;
  const theirs = columnOf(peer, now, column, theme);
  if (!isWide) return [...ours, [], ...theirs];
  const unicode = theme.glyphs.level !== "ascii";
  return Array.from({ length: Math.max(ours.length, theirs.length) }, (_, i) => [
    ...fitLine(ours[i] ?? [], column + 2, unicode),
    ...(theirs[i] ?? []),
  ]);
}

function columnOf(endpoint: Endpoint, now: Nanoseconds, width: number, theme: Theme): Line[] {
  const bar = Math.max(4, width - STATE_WIDTH - TIME_WIDTH - EVIDENCE_WIDTH - 4);
  const head: Line = [
    { text: "phases of ", paint: "muted" },
    { text: localText(endpoint), paint: "header" },
  ];
  const states = endpoint.phases.filter(({ state }) => state !== "CLOSE");
  return [head, ...states.map((phase) => phaseLine(phase, now, bar, theme))];
}

function phaseLine(phase: Phase, now: Nanoseconds, bar: number, theme: Theme): Line {
  const { state, from, to, evidence, atLeast } = phase;
  const ms = Math.max(0, (to ?? now) - from) / 1e6;
  const { full, rest } = barPieces(logPart(ms), bar, theme.glyphs);
  const mark = atLeast ? ">" : "";
  const isOpen = to === null;
  return [
    { text: `${theme.sign(state)} ${state}`.padEnd(STATE_WIDTH), paint: state },
    { text: (mark + formatDuration(ms)).padStart(TIME_WIDTH), paint: isOpen ? "title" : "text" },
    { text: isOpen ? "+ " : "  ", paint: "warn" },
    { text: full, paint: state },
    { text: rest, paint: "border" },
    { text: ` ${evidence}`, paint: evidence === "observed" ? "muted" : "text" },
  ];
}

/** Where a stay lies between the shortest and the longest: microseconds and minutes on one bar. */
function logPart(ms: number): number {
  if (ms <= SHORTEST_MS) return 0.001;
  return Math.min(1, Math.log(ms / SHORTEST_MS) / Math.log(LONGEST_MS / SHORTEST_MS));
}
