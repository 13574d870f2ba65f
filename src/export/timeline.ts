/** What happened when: findings and the turns of the telling endpoints in one order. */

import type { Endpoint } from "../core/endpoint.ts";
import type { Finding } from "../core/finding.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import { countOf } from "./duration.ts";
import { localName, remoteName, safeName, safeProse } from "./names.ts";
import type { Report } from "./report.ts";
import { triggerText, VERDICT_WORDS } from "./words.ts";

/** One line of a timeline, safe to show. */
export interface TimelineEntry {
  readonly at: Nanoseconds;
  /** Lower is kept where there is no room for all. */
  readonly rank: number;
  readonly what: string;
  /** Ids of the finding or the endpoint that says so. */
  readonly source: string;
}

const SEVERITY_RANK = { critical: 0, warning: 1, info: 3 } as const;

/** The second finding of a kind tells less than the turns of an endpoint. */
const REPEATED_RANK = 4;

/**
 * The moments of a report worth a line, oldest first, at most `count`.
 *
 * Where there is no room the beginnings of grave findings stay and the details of single
 * endpoints go. The beginning of the recording is none of them: a report's head says it.
 */
export function timelineOf(
  report: Report,
  endpoints: readonly Endpoint[],
  count: number,
): { readonly entries: readonly TimelineEntry[]; readonly leftOut: number } {
  const all = [
    ...findingEntries(report.source.view.findings()),
    ...endpoints.flatMap(endpointEntries),
  ];
  const kept = all.sort((a, b) => a.rank - b.rank || a.at - b.at).slice(0, count);
  return { entries: kept.sort((a, b) => a.at - b.at), leftOut: all.length - kept.length };
}

function findingEntries(findings: readonly Finding[]): TimelineEntry[] {
  const seen = new Set<string>();
  return findings.flatMap(({ id, kind, severity, since, until, summary }) => {
    const rank = seen.has(`${kind} ${severity}`) ? REPEATED_RANK : SEVERITY_RANK[severity];
    seen.add(`${kind} ${severity}`);
    const source = safeName(id);
    const what = `${severity}: ${safeProse(summary)}`;
    const entries: TimelineEntry[] = [{ at: since, rank, what, source }];
    if (until !== null) entries.push({ at: until, rank: 5, what: `${kind} is over`, source });
    return entries;
  });
}

function endpointEntries(endpoint: Endpoint): TimelineEntry[] {
  const { id, tuple, teardownAt, endedAt, verdict, resends, role } = endpoint;
  const source = safeName(id);
  const [local, remote] = [localName(tuple), remoteName(tuple)];
  const entries: TimelineEntry[] = [];
  if (teardownAt !== null && role !== "none") {
    const how = triggerText(endpoint);
    const who =
      role === "passive"
        ? `${remote} closes its side towards ${local}`
        : `${local} closes${how === null ? "" : `: ${how}`}`;
    entries.push({ at: teardownAt, rank: 2, what: who, source });
  }
  const [first] = resends;
  if (first !== undefined) {
    const more = resends.length === 1 ? "" : `, the first of ${countOf(resends.length, "re-send")}`;
    entries.push({
      at: first.at,
      rank: 3,
      what: `${first.kind} sent again by ${local}${more}`,
      source,
    });
  }
  if (endedAt !== null && verdict !== null) {
    const what = `${local} towards ${remote}: ${VERDICT_WORDS[verdict]}`;
    entries.push({ at: endedAt, rank: verdict === "graceful" ? 5 : 2, what, source });
  }
  return entries;
}
