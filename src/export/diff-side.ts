/** What a comparison needs of one recording: counts, durations and findings, and no endpoints. */

import type { Role, Verdict } from "../core/endpoint.ts";
import type { Finding, FindingKind, Severity, Subject } from "../core/finding.ts";
import { Tally } from "../core/tally.ts";
import type { Percentiles, Summary, TraceView } from "../core/trace.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import { UTC, type Zone } from "../event/zone.ts";
import { type Clock, clockOf } from "./clock.ts";
import { type Completeness, completenessOf } from "./completeness.ts";
import { milliseconds } from "./duration.ts";
import { buildReport, type RecordingFrame, type ReportRecording } from "./report.ts";

/** A percentile says little of few stays, so their number stands beside it. */
export interface PhaseFigures extends Percentiles {
  readonly count: number;
}

/** What one recording found of one subject, however often it came and went. */
export interface FoundSubject {
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** Without the pid: a restarted service is the same one. */
  readonly subject: Omit<Subject, "pid">;
  readonly times: number;
  /** The most connections that it ever spoke of at once. */
  readonly connections: number;
  readonly since: string;
  readonly isOpen: boolean;
  readonly summary: string;
}

/** One side of a comparison. */
export interface DiffSide {
  readonly file: string;
  readonly recording: ReportRecording;
  readonly completeness: Completeness;
  /** Of a slice the part that was cut out, else all of it. */
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly seconds: number;
  readonly teardowns: number;
  readonly byVerdict: Readonly<Record<Verdict, number>>;
  readonly byRole: Readonly<Record<Role, number>>;
  readonly retransmits: Summary["retransmits"];
  readonly phaseMs: Readonly<Record<string, PhaseFigures>>;
  readonly findings: ReadonlyMap<string, FoundSubject>;
}

/**
 * Sum up one recording.
 *
 * Counted is what happened in its time: a slice carries the stories of its endpoints from before,
 * and those would make its rates too high. So everything is counted from the itemised endpoints,
 * and to them come the teardowns that the kernel only counted, of which a slice has its time's.
 */
export function diffSide(
  view: TraceView,
  frame: RecordingFrame,
  file: string,
  zone: Zone = UTC,
): DiffSide {
  const report = buildReport(view, frame, { zone });
  const { recording } = report;
  const clock = clockOf(frame.header.startedAt, zone);
  const fromNs = frame.header.slice?.from ?? 0;
  const endNs = Math.max(frame.endNs, fromNs);
  const { teardowns, byVerdict, byRole } = tallyOf(view, fromNs);
  return {
    file,
    recording,
    completeness: completenessOf(report),
    from: clock.iso(fromNs),
    to: clock.iso(endNs),
    zone: zone.name,
    seconds: Math.round((endNs - fromNs) / 1e6) / 1000,
    teardowns,
    byVerdict,
    byRole,
    retransmits: retransmitsOf(view, fromNs),
    phaseMs: isSampled(recording) ? {} : phasesOf(view, fromNs),
    findings: findingsOf(view.findings(), fromNs, clock),
  };
}

/**
 * Whether endpoints may be missing from the list that ended well in a short time: the times of the
 * others are those of the abnormal ones, and those that were counted come in coarse steps.
 */
export function isSampled({ sampled }: ReportRecording): boolean {
  return sampled !== undefined;
}

function tallyOf(view: TraceView, fromNs: Nanoseconds): Tally {
  const tally = new Tally();
  for (const endpoint of view.endpoints()) {
    if ((endpoint.teardownAt ?? Number.NEGATIVE_INFINITY) < fromNs) continue;
    tally.add(endpoint, view.isComplete(endpoint));
  }
  for (const place of view.summary().counted ?? []) tally.addCounted(place);
  return tally;
}

function retransmitsOf(view: TraceView, fromNs: Nanoseconds): Summary["retransmits"] {
  const counts = { FIN: 0, DATA: 0, SYN: 0 };
  for (const { resends } of view.endpoints()) {
    for (const { at, kind } of resends) {
      if (at >= fromNs) counts[kind === "DATA+FIN" ? "FIN" : kind]++;
    }
  }
  return counts;
}

/** A stay counts where it ended; one of which the beginning was not seen has no length. */
function phasesOf(view: TraceView, fromNs: Nanoseconds): Record<string, PhaseFigures> {
  const stays = new Map<string, Nanoseconds[]>();
  for (const { phases } of view.endpoints()) {
    for (const { state, from, to, atLeast } of phases) {
      if (to === null || to < fromNs || atLeast) continue;
      const known = stays.get(state);
      if (known === undefined) stays.set(state, [to - from]);
      else known.push(to - from);
    }
  }
  return Object.fromEntries([...stays].map(([state, durations]) => [state, figuresOf(durations)]));
}

/** Exact: a histogram's buckets are wider than the difference of two short times. */
function figuresOf(durations: readonly Nanoseconds[]): PhaseFigures {
  const sorted = Float64Array.from(durations).sort();
  const count = sorted.length;
  const at = (share: number) => milliseconds(0, sorted[Math.ceil(count * share) - 1] ?? 0);
  return { count, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

const SEVERITIES: readonly Severity[] = ["info", "warning", "critical"];

function findingsOf(
  findings: readonly Finding[],
  fromNs: Nanoseconds,
  clock: Clock,
): Map<string, FoundSubject> {
  const found = new Map<string, FoundSubject>();
  for (const finding of findings) {
    const { kind, severity, since, until, count, summary } = finding;
    if (until !== null && until < fromNs) continue;
    const { pid: _, ...subject } = finding.subject;
    const key = `${kind} ${JSON.stringify(Object.entries(subject).sort())}`;
    const before = found.get(key);
    found.set(key, {
      kind,
      severity: worse(severity, before?.severity),
      subject,
      times: (before?.times ?? 0) + 1,
      connections: Math.max(count, before?.connections ?? 0),
      since: before?.since ?? clock.iso(since),
      isOpen: until === null || before?.isOpen === true,
      summary,
    });
  }
  return found;
}

function worse(a: Severity, b: Severity = "info"): Severity {
  return SEVERITIES.indexOf(a) > SEVERITIES.indexOf(b) ? a : b;
}
