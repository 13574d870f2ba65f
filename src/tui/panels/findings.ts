// Lists what the detectors concluded, what still holds first.
import type { Finding, FindingKind } from "../../core/finding.ts";
import type { Nanoseconds } from "../../event/trace-event.ts";
import { unmappedAddress } from "../../event/tuple.ts";
import type { FilterRow } from "../filter-term.ts";
import { formatCount, formatDuration } from "../format.ts";
import type { Span } from "../painter.ts";
import { type SortColumn, sortRows } from "../sorting.ts";
import { sparkline } from "../spark.ts";
import { paintTable, type TableColumn, visibleRows } from "../table.ts";
import { emptyText, hiddenSpan } from "./hidden.ts";
import type { MembersData, Opening, Panel, Scene } from "./panel.ts";
import { inOrder, severityRole, severitySpan } from "./severity.ts";

/** Findings in reading order. */
export interface FindingsData {
  readonly findings: readonly Finding[];
  readonly hidden: number;
  readonly now: Nanoseconds;
}

/** Seconds of the past that the sparkline of a finding shows. */
const TREND = 10;

const COLUMNS: readonly TableColumn[] = [
  { id: "severity", title: "", width: 2 },
  { id: "kind", title: "FINDING", width: 23 },
  { id: "subject", title: "SUBJECT", width: 21, grow: 1 },
  { id: "count", title: "COUNT", width: 5, align: "right" },
  { id: "trend", title: "TREND", width: TREND, optional: 3 },
  { id: "since", title: "SINCE", width: 8, optional: 2 },
  { id: "for", title: "FOR", width: 6, align: "right" },
  { id: "summary", title: "SUMMARY", width: 44, grow: 2, optional: 1 },
];

const NAME = "findings";

const lastedNs = ({ since, until }: Finding, now: Nanoseconds) => (until ?? now) - since;

const SORTS: readonly SortColumn<Finding>[] = [
  { id: "kind", title: "finding", by: ({ kind }) => kind },
  { id: "subject", title: "subject", by: subjectText },
  { id: "count", title: "count", by: ({ count }) => count, descendsFirst: true },
  { id: "since", title: "since", by: ({ since }) => since, descendsFirst: true },
  { id: "for", title: "for", by: lastedNs, descendsFirst: true },
];

/** Most endpoints that a finding's list shows. */
const MOST_ENDPOINTS = 1000;

/** Findings with severity, subject, count and how long they hold. */
export const findingsPanel: Panel<FindingsData> = {
  name: NAME,
  title: "Findings",
  sorts: SORTS,
  view: ({ watched, now, passes, sortOf }) => {
    const all = watched.findings();
    const shown = all.filter((each) => passes(rowOf(each, now)));
    const findings = sortRows(inOrder(shown), SORTS, sortOf(NAME), now);
    return { findings, hidden: all.length - shown.length, now };
  },
  keys: ({ findings }) => findings.map(({ id }) => id),
  open({ findings }, key) {
    const finding = findings.find(({ id }) => id === key);
    return finding === undefined ? null : openFinding(finding);
  },
  note({ findings, hidden }) {
    const open = findings.filter(({ until }) => until === null);
    const over = findings.length - open.length;
    const [worst] = inOrder(open);
    if (findings.length === 0) {
      return [{ text: "none", paint: hidden === 0 ? "ok" : "muted" }, hiddenSpan(hidden)];
    }
    const paint = worst === undefined ? "ok" : severityRole(worst.severity);
    return [
      { text: `${formatCount(open.length)} open`, paint },
      { text: over === 0 ? "" : `, ${formatCount(over)} over`, paint: "muted" },
      hiddenSpan(hidden),
    ];
  },
  draw(inside, { findings, hidden, now }, look) {
    const sort = look.scene.sortOf(NAME);
    paintTable(inside, {
      columns: COLUMNS,
      ...(sort !== null && { sort }),
      count: findings.length,
      cursor: look.settle(visibleRows(inside.height)),
      focused: look.focused,
      empty: emptyText("nothing crossed a threshold", hidden),
      row(index) {
        const finding = findings[index];
        if (finding === undefined) return { key: "", cells: [] };
        const { id, kind, severity, count, since, until, summary } = finding;
        const isOver = until !== null;
        const paint = isOver ? "muted" : "text";
        return {
          key: id,
          cells: [
            severitySpan(inside.theme, severity, isOver),
            { text: kind, paint: isOver ? "muted" : severityRole(severity) },
            { text: subjectText(finding), paint },
            { text: formatCount(count), paint },
            {
              text: sparkline(look.scene.watched.trend(id), TREND, inside.theme.glyphs, {
                isInList: true,
              }),
              paint: isOver ? "muted" : severityRole(severity),
            },
            { text: look.scene.clock(since), paint: "muted" },
            { text: formatDuration(lastedNs(finding, now) / 1e6), paint },
            { text: summary, paint: "muted" },
          ],
        };
      },
    });
  },
};

/** What Enter opens on a finding: what it rests on, what to do, and its endpoints. */
export function openFinding(finding: Finding): Opening {
  const { id, kind } = finding;
  return { kind: "members", id, title: kind, of: (scene) => members(scene, finding) };
}

function rowOf(finding: Finding, now: Nanoseconds): FilterRow {
  const { id, kind, subject, count, summary } = finding;
  const { pid, comm, local, listener } = subject;
  return {
    text: `${kind} ${subjectText(finding)} ${summary}`,
    id,
    kind,
    count,
    age: lastedNs(finding, now) / 1e6,
    local: local ?? listener ?? null,
    remote: subject.remote ?? null,
    ...(pid !== undefined && { pid: [pid] }),
    ...(comm !== undefined && { comm: [comm] }),
  };
}

/** Whom a finding is about, in few words. */
export function subjectText({ subject, kind }: Finding): string {
  const { pid, comm, remote, local, listener } = subject;
  if (listener !== undefined) return `listener ${listener}`;
  if (pid !== undefined) return `${comm ?? "?"}(${pid})`;
  const address = remote ?? local;
  return address === undefined ? unnamed(kind) : unmappedAddress(address);
}

function unnamed(kind: FindingKind): string {
  return kind === "incomplete-trace" ? "this trace" : "this host";
}

function members({ watched, teller, clock, now }: Scene, opened: Finding): MembersData {
  const finding = watched.findings().find(({ id }) => id === opened.id) ?? opened;
  const { severity, since, until, summary, evidence, endpoints } = finding;
  const paint = until === null ? severityRole(severity) : "muted";
  const how = until === null ? "still so" : `until ${clock(until)}`;
  const time = `since ${clock(since)}, ${formatDuration(lastedNs(finding, now) / 1e6)}, ${how}`;
  const about: Span[][] = [
    [
      { text: `${severity} `, paint },
      { text: summary, paint: "title" },
    ],
    [{ text: time, paint: "muted" }],
    ...evidence.map((text): Span[] => [{ text: "- ", paint: "muted" }, { text }]),
    ...teller.advice(finding).map(({ text, sysctl, current }): Span[] => [
      { text: "> ", paint: "accent" },
      { text },
      {
        text: sysctl === undefined ? "" : ` ${sysctl} = ${current ?? "unknown"}`,
        paint: "accent",
      },
    ]),
  ];
  const shown = endpoints.slice(0, MOST_ENDPOINTS);
  return { about, endpoints: shown.flatMap((id) => watched.endpoint(id) ?? []) };
}
