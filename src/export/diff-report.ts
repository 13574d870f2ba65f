/** Two recordings compared: what changed between them, before and after a deploy for instance. */

import { FINDING_KINDS } from "../core/finding.ts";
import type { Percentiles } from "../core/trace.ts";
import { isTcpState, TCP_STATES } from "../event/tcp-state.ts";
import { type DiffSide, type FoundSubject, isSampled, type PhaseFigures } from "./diff-side.ts";
import { countOf } from "./duration.ts";
import type { ReportRecording } from "./report.ts";

/** The schema of `lastack diff --json`; it changes when a name does. */
export const DIFF_SCHEMA = 1;

/** A count, and what it comes to in a minute; null where the recording has no length. */
export interface Rate {
  readonly count: number;
  readonly perMinute: number | null;
}

/** One figure of both; `ratio` is B's rate by A's, null where A has none. */
export interface ComparedRate {
  readonly a: Rate;
  readonly b: Rate;
  readonly ratio: number | null;
}

/** The times in one state; null on a side that has no such stay. */
export interface ComparedPhase {
  readonly a: PhaseFigures | null;
  readonly b: PhaseFigures | null;
  readonly ratio: Readonly<Record<"p50" | "p90" | "p99", number | null>> | null;
}

/** What was found of one subject on either side, or on both. */
export interface ComparedFinding extends Pick<FoundSubject, "kind" | "severity" | "subject"> {
  readonly a: FoundShare | null;
  readonly b: FoundShare | null;
}

/** One side's share in a finding. */
export type FoundShare = Omit<FoundSubject, "kind" | "subject">;

/** One side, as a reader must know it before he trusts a difference. */
export interface DiffSource {
  readonly file: string;
  readonly recording: ReportRecording;
  readonly from: string;
  readonly to: string;
  /** What its times are written in, such as `UTC`. */
  readonly zone: string;
  readonly seconds: number;
  readonly complete: boolean;
  /** A sentence for each thing that is missing. */
  readonly missing: readonly string[];
}

/** The whole comparison. */
export interface DiffReport {
  readonly schema: typeof DIFF_SCHEMA;
  readonly a: DiffSource;
  readonly b: DiffSource;
  /** What makes the two hard to compare, a sentence each. */
  readonly caveats: readonly string[];
  readonly teardowns: ComparedRate;
  readonly byVerdict: Readonly<Record<string, ComparedRate>>;
  readonly byRole: Readonly<Record<string, ComparedRate>>;
  readonly retransmits: Readonly<Record<string, ComparedRate>>;
  readonly phaseMs: Readonly<Record<string, ComparedPhase>>;
  readonly findings: {
    readonly came: readonly ComparedFinding[];
    readonly went: readonly ComparedFinding[];
    readonly stayed: readonly ComparedFinding[];
  };
}

/**
 * Compare two recordings, `a` the earlier by intent.
 *
 * Rates are compared, not counts: the two are hardly ever of one length. Findings are matched by
 * kind and subject without the pid.
 */
export function buildDiff(a: DiffSide, b: DiffSide): DiffReport {
  const rate = (inA: number, inB: number) => compareRates(inA, a.seconds, inB, b.seconds);
  const rates = <K extends string>(
    inA: Readonly<Record<K, number>>,
    inB: Readonly<Record<K, number>>,
  ) => {
    const names = Object.keys(inA) as K[];
    return Object.fromEntries(names.map((name) => [name, rate(inA[name], inB[name])]));
  };
  return {
    schema: DIFF_SCHEMA,
    a: sourceOf(a),
    b: sourceOf(b),
    caveats: caveatsOf(a, b),
    teardowns: rate(a.teardowns, b.teardowns),
    byVerdict: rates(a.byVerdict, b.byVerdict),
    byRole: rates(a.byRole, b.byRole),
    retransmits: rates(a.retransmits, b.retransmits),
    phaseMs: hasTimes(a, b) ? comparePhases(a.phaseMs, b.phaseMs) : {},
    findings: compareFindings(a.findings, b.findings),
  };
}

function sourceOf({
  file,
  recording,
  from,
  to,
  zone,
  seconds,
  completeness,
}: DiffSide): DiffSource {
  const { isComplete, details } = completeness;
  return { file, recording, from, to, zone, seconds, complete: isComplete, missing: details };
}

const MUCH = 3;
/** Most findings need a stay of so long, or look back over it. */
const PATIENCE_SECONDS = 60;

function caveatsOf(a: DiffSide, b: DiffSide): string[] {
  const caveats: string[] = [];
  const [short, long] = a.seconds < b.seconds ? ([a, b] as const) : ([b, a] as const);
  const name = short === a ? "A" : "B";
  if (short.seconds * MUCH < long.seconds) {
    caveats.push(`${name} is much shorter: what takes time to be found may be missing in it.`);
  } else if (short.seconds < PATIENCE_SECONDS) {
    caveats.push(
      `${name} is shorter than ${countOf(PATIENCE_SECONDS, "second")}: what takes time to be found may be missing in it.`,
    );
  }
  if (a.recording.hostname !== b.recording.hostname) {
    caveats.push("They are of different hosts.");
  }
  if (a.recording.kernel !== b.recording.kernel) {
    caveats.push("They are of different kernels, which may show more or less.");
  }
  const few = [a, b].flatMap(({ recording }, i) => (isSampled(recording) ? ["AB".charAt(i)] : []));
  if (few.length > 0) {
    caveats.push(
      `Of what ended well in ${few.join(" and ")} most was only counted (detail aggregate): the times in each state are not compared.`,
    );
  }
  return caveats;
}

/** Whether the times in each state of both are those of all that ended. */
export function hasTimes(...sides: readonly Pick<DiffSource, "recording">[]): boolean {
  return !sides.some(({ recording }) => isSampled(recording));
}

function compareRates(a: number, aSeconds: number, b: number, bSeconds: number): ComparedRate {
  const hasLength = aSeconds > 0 && bSeconds > 0;
  const ratio = hasLength ? ratioOf(a / aSeconds, b / bSeconds) : null;
  return { a: rateOf(a, aSeconds), b: rateOf(b, bSeconds), ratio };
}

function rateOf(count: number, seconds: number): Rate {
  return { count, perMinute: seconds > 0 ? rounded((count * 60) / seconds) : null };
}

/** B by A; null where there is nothing to divide by. */
function ratioOf(a: number, b: number): number | null {
  return a === 0 ? null : rounded(b / a);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function comparePhases(
  a: DiffSide["phaseMs"],
  b: DiffSide["phaseMs"],
): Record<string, ComparedPhase> {
  const compared: Record<string, ComparedPhase> = {};
  for (const state of TCP_STATES) {
    if (!isTcpState(state)) continue;
    const inA = a[state] ?? null;
    const inB = b[state] ?? null;
    if (inA === null && inB === null) continue;
    compared[state] = { a: inA, b: inB, ratio: inA && inB && ratiosOf(inA, inB) };
  }
  return compared;
}

function ratiosOf(a: Percentiles, b: Percentiles) {
  const { p50, p90, p99 } = a;
  return { p50: ratioOf(p50, b.p50), p90: ratioOf(p90, b.p90), p99: ratioOf(p99, b.p99) };
}

function compareFindings(a: DiffSide["findings"], b: DiffSide["findings"]): DiffReport["findings"] {
  const both: ComparedFinding[] = [];
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const [inA, inB] = [a.get(key), b.get(key)];
    const known = inB ?? inA;
    if (known === undefined) continue;
    const { kind, severity, subject } = known;
    both.push({ kind, severity, subject, a: shareOf(inA), b: shareOf(inB) });
  }
  both.sort((x, y) => FINDING_KINDS.indexOf(x.kind) - FINDING_KINDS.indexOf(y.kind));
  return {
    came: both.filter((each) => each.a === null),
    went: both.filter((each) => each.b === null),
    stayed: both.filter((each) => each.a !== null && each.b !== null),
  };
}

function shareOf(found: FoundSubject | undefined): FoundShare | null {
  if (found === undefined) return null;
  const { kind: _, subject: __, ...share } = found;
  return share;
}
