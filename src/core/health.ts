/** Judges a trace at one moment: the limits that are exceeded, and whether that may be believed. */

import type { TcpState } from "../event/tcp-state.ts";
import type { Finding, FindingKind } from "./finding.ts";
import { forgottenOf, type Measure, measuresOf } from "./health-measures.ts";
import {
  type Fault,
  type HealthRules,
  type Level,
  levelOf,
  secondsToShow,
  worst,
} from "./health-rules.ts";
import type { TraceView } from "./trace.ts";

/** One thing that is wrong, in words; they hold foreign text. */
export interface HealthFault {
  readonly level: Fault;
  readonly text: string;
}

/** What a check answers. */
export interface Health {
  /** UNKNOWN wherever there is a doubt, but for what `despiteLoss` lets stand. */
  readonly verdict: Level | "UNKNOWN";
  /** What was seen, doubts aside. */
  readonly level: Level;
  /** The worst first. */
  readonly faults: readonly HealthFault[];
  /** Why what was seen may not be the truth, a clause each. */
  readonly doubts: readonly string[];
  readonly measures: readonly Measure[];
  /** Open findings that count. */
  readonly findings: number;
}

/** The finding that asks the same question as limits on a state. */
const FINDING_OF: Readonly<Partial<Record<TcpState, FindingKind>>> = {
  CLOSE_WAIT: "stuck-close-wait",
  LAST_ACK: "stuck-last-ack",
  FIN_WAIT1: "stuck-fin-wait1",
  FIN_WAIT2: "stuck-fin-wait2",
};

/**
 * Judge a trace as it stands at its newest moment.
 *
 * With any doubt the verdict is UNKNOWN, whatever was seen: never OK, since what is missing may
 * be the trouble, and not CRITICAL either, since an endpoint whose end was lost still stands in
 * its old state here, so that a count may be too high as well as too low. What was seen stands in
 * `level` and `faults` for the reader; who would rather be called once too often lets it stand as
 * the verdict too, with `rules.despiteLoss`.
 *
 * Findings count while they are open. Without `rules.findings` each counts by its severity, but
 * for those that ask what limits of the caller's own ask: `--close-wait 50` would mean nothing
 * beside a finding that warns of the first. Named ones count always, information as a WARNING.
 *
 * @param doubts what the caller knows to be missing
 */
export function judge(view: TraceView, rules: HealthRules, doubts: readonly string[] = []): Health {
  const measures = measuresOf(view, rules);
  const faults = measures.flatMap(faultOfMeasure);
  const judged = view.findings().flatMap((finding) => faultOfFinding(finding, rules));
  faults.push(...judged);
  faults.sort((a, b) => (a.level === b.level ? 0 : a.level === "CRITICAL" ? -1 : 1));
  const level = worst(faults.map((fault) => fault.level));
  const allDoubts = [...doubts, ...shortfalls(view, rules), ...ages(measures, level, view.now)];
  const isHidden = level === "OK" || !rules.despiteLoss;
  const verdict = allDoubts.length > 0 && isHidden ? "UNKNOWN" : level;
  return { verdict, level, faults, doubts: allDoubts, measures, findings: judged.length };
}

function faultOfMeasure(measure: Measure): HealthFault[] {
  const { value, unit, limits, what, who } = measure;
  const level = levelOf(value, limits);
  if (level === "OK") return [];
  const limit = level === "CRITICAL" ? limits.critical : limits.warning;
  const text = `${value}${unit} ${what} (${level} above ${limit}${unit})`;
  return [{ level, text: who === null ? text : `${text}, ${who}` }];
}

function faultOfFinding(finding: Finding, rules: HealthRules): HealthFault[] {
  const level = finding.until === null ? findingLevel(finding, rules) : null;
  if (level === null) return [];
  return [{ level, text: `${finding.kind} (${level}): ${finding.summary}` }];
}

/** What is missing is a doubt and no fault: its finding has no level. */
function findingLevel(finding: Finding, rules: HealthRules): Fault | null {
  const { kind, severity } = finding;
  if (kind === "incomplete-trace") return null;
  const bySeverity = severity === "critical" ? "CRITICAL" : "WARNING";
  if (rules.findings !== null) {
    const named = rules.findings.get(kind);
    return named === undefined ? null : (named ?? bySeverity);
  }
  return severity === "info" || isAskedOtherwise(finding, rules) ? null : bySeverity;
}

function isAskedOtherwise({ kind, subject }: Finding, rules: HealthRules): boolean {
  if (kind === "repeated-fin-retransmit") return rules.finResends !== null;
  if (kind === "time-wait-pressure")
    return rules.waitingPorts !== null && subject.cause === "ports";
  return Object.keys(rules.states).some((state) => FINDING_OF[state as TcpState] === kind);
}

/** What these rules ask and this trace cannot answer. */
function shortfalls(view: TraceView, rules: HealthRules): string[] {
  const seen = view.now / 1e9;
  const found: string[] = [];
  for (const kind of rules.findings?.keys() ?? []) {
    const takes = secondsToShow(kind, rules.thresholds);
    if (seen < takes)
      found.push(`${kind} shows after ${takes} s, only ${tenths(seen)} s were seen`);
  }
  const forgotten = rules.finResends === null ? null : forgottenOf(view);
  if (forgotten !== null) found.push(forgotten);
  return found;
}

/** Those whose age is not known matter only where they would make it worse. */
function ages(measures: readonly Measure[], level: Level, now: number): string[] {
  const worse = (measure: Measure) =>
    worst([level, levelOf(measure.most, measure.limits)]) !== level;
  return measures
    .filter(worse)
    .map(
      ({ value, most, what }) =>
        `${most - value} more may be ${what}: they were there before the first of ${tenths(now / 1e9)} s seen`,
    );
}

function tenths(seconds: number): string {
  return seconds.toFixed(1).replace(/\.0$/, "");
}
