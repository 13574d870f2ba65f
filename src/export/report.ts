/** The report: all that a recording says, in the form that `--format json` promises. */

import type { Endpoint } from "../core/endpoint.ts";
import type { Advice, Finding, FindingKind, Severity, Subject } from "../core/finding.ts";
import type { Summary, TraceView } from "../core/trace.ts";
import type { Ledger, RecordingFooter, RecordingHeader } from "../event/recording.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import type { Zone } from "../event/zone.ts";
import { type Clock, clockOf } from "./clock.ts";
import { adviseOn } from "./finding-advice.ts";
import { type ReportEndpoint, reportEndpoint } from "./report-endpoint.ts";
import { type ReportOwnerFacts, reportOwnerFacts } from "./report-owner.ts";

/** The schema of the report; it changes when a promised name does. */
export const REPORT_SCHEMA = 1;

/** What surrounds the events of a recording. */
export interface RecordingFrame {
  readonly header: RecordingHeader;
  /** Null where the recording was not closed cleanly. */
  readonly footer: RecordingFooter | null;
  readonly closedCleanly: boolean;
  /** The moment of the last line, or of the slice's end. */
  readonly endNs: Nanoseconds;
  /** Where only some endpoints are told of: by what they were chosen, and of how many. */
  readonly narrowed?: { readonly by: string; readonly of: number };
}

/** When, where and how completely the recording was made. */
export interface ReportRecording {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly hostname: string;
  readonly kernel: string;
  readonly closedCleanly: boolean;
  readonly ledger: Ledger;
  /** One in so many of the endpoints that need not be listed is; absent where all are. */
  readonly sampled?: number;
}

/** A finding with what to do about it. */
export interface ReportFinding {
  readonly id: string;
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly since: string;
  readonly until: string | null;
  readonly subject: Subject;
  readonly count: number;
  readonly summary: string;
  readonly endpoints: readonly string[];
  readonly evidence: readonly string[];
  readonly advice: readonly Advice[];
  /** Of findings about a process that keeps connections. */
  readonly owner?: ReportOwnerFacts;
}

/** What a format draws from beside the promised fields; no part of the JSON. */
export interface ReportSource {
  readonly view: TraceView;
  readonly frame: RecordingFrame;
  readonly clock: Clock;
  readonly endNs: Nanoseconds;
  /** The sysctls of a namespace. */
  sysctls(netns: number): Readonly<Record<string, string>>;
}

/** The whole report. `endpoints` may be walked several times and is made anew each time. */
export interface Report {
  readonly schema: typeof REPORT_SCHEMA;
  readonly recording: ReportRecording;
  readonly summary: Summary;
  readonly endpoints: Iterable<ReportEndpoint>;
  readonly findings: readonly ReportFinding[];
  readonly source: ReportSource;
}

/** Says what to do about a finding. */
export type Adviser = (finding: Finding, view: TraceView) => readonly Advice[];

/** What can be chosen about a report; both have defaults. */
export interface ReportChoices {
  readonly adviser?: Adviser;
  /** What times are written in; UTC where absent. */
  readonly zone?: Zone;
}

/**
 * Build the report of a trace.
 *
 * Endpoints are put in form one at a time while a format walks them: a recording of 100,000 is
 * never held twice. Nothing is made safe for a screen here; that is each format's first duty.
 */
export function buildReport(
  view: TraceView,
  frame: RecordingFrame,
  { adviser = adviseOn, zone }: ReportChoices = {},
): Report {
  const clock = clockOf(frame.header.startedAt, zone);
  const endNs = Math.max(frame.endNs, 0);
  return {
    schema: REPORT_SCHEMA,
    recording: {
      startedAt: clock.iso(0),
      endedAt: clock.iso(endNs),
      hostname: frame.header.hostname,
      kernel: frame.header.kernel,
      closedCleanly: frame.closedCleanly,
      ledger: ledgerOf(view, frame),
      ...sampledOf(view, frame),
    },
    summary: view.summary(),
    endpoints: lazily(view, (endpoint) => reportEndpoint(endpoint, view, clock, endNs)),
    findings: view.findings().map((finding) => reportFinding(finding, view, clock, adviser)),
    source: { view, frame, clock, endNs, sysctls: (netns) => view.sysctls(netns) },
  };
}

/** `auto` may have counted nothing, though it could have. */
function sampledOf({ countedUntil }: TraceView, { header }: RecordingFrame) {
  const { sampled, detail } = header;
  return sampled === undefined || (countedUntil === null && detail !== "aggregate")
    ? {}
    : { sampled };
}

/**
 * The recorder's account where it wrote one, else what the events told so far.
 *
 * Endpoints can be forgotten twice, while recording and while reading; the larger number stands.
 */
function ledgerOf(view: TraceView, { footer }: RecordingFrame): Ledger {
  const read = view.ledger();
  const { counted, received, lost, skipped, unparsed, balanced } = footer?.ledger ?? read;
  const evicted = Math.max(read.evicted, footer?.ledger.evicted ?? 0);
  return { counted, received, lost, skipped, unparsed, evicted, balanced };
}

/** Put a finding in the form of the report. */
export function reportFinding(
  finding: Finding,
  view: TraceView,
  clock: Clock,
  adviser: Adviser,
): ReportFinding {
  return {
    id: finding.id,
    kind: finding.kind,
    severity: finding.severity,
    since: clock.iso(finding.since),
    until: finding.until === null ? null : clock.iso(finding.until),
    subject: finding.subject,
    count: finding.count,
    summary: finding.summary,
    endpoints: finding.endpoints,
    evidence: finding.evidence,
    advice: adviser(finding, view),
    ...(finding.owner !== undefined && { owner: reportOwnerFacts(finding.owner, clock) }),
  };
}

function lazily<T>(view: TraceView, form: (endpoint: Endpoint) => T): Iterable<T> {
  return {
    *[Symbol.iterator]() {
      for (const endpoint of view.endpoints()) yield form(endpoint);
    },
  };
}
