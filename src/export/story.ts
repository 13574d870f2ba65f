/** What happened, in three sentences. */

import type { Endpoint, Verdict } from "../core/endpoint.ts";
import { timeOfIso } from "./clock.ts";
import { countOf, countText, durationText } from "./duration.ts";
import { safeName, safeProse } from "./names.ts";
import type { Report } from "./report.ts";
import { sentenceOf } from "./sentence.ts";
import { inReadingOrder } from "./telling.ts";

/** What became of them, behind a count. */
const ENDINGS: Readonly<Record<Verdict, string>> = {
  graceful: "closed gracefully",
  "reset-sent": "reset by this host",
  "reset-received": "reset by the other end",
  "timed-out": "given up by the kernel",
  refused: "refused",
  killed: "destroyed by an administrator",
  unfinished: "still open, closing or never connected",
  unknown: "ended where events are missing",
};

/**
 * The story of a recording: how much and how it ended, the gravest finding, the telling endpoint.
 *
 * Three sentences, or two where nothing closed. Safe to show, not yet escaped for a format.
 */
export function storyOf(report: Report, telling: Endpoint | undefined): string[] {
  const sentences = [scope(report), mainFinding(report)];
  if (telling !== undefined) sentences.push(sentenceOf(telling, report.source));
  return sentences;
}

function scope({ recording, summary, source }: Report): string {
  const host = safeName(recording.hostname);
  const time = `${durationText(source.endNs)} from ${timeOfIso(recording.startedAt)} ${source.clock.zone}`;
  const ends = Object.entries(ENDINGS).flatMap(([verdict, how]) => {
    const count = summary.byVerdict[verdict as Verdict];
    return count > 0 ? [`${countText(count)} ${how}`] : [];
  });
  const isNarrowed = source.frame.narrowed !== undefined;
  const passing = isNarrowed ? " that passes the filter" : "";
  if (ends.length === 0) return `In ${time} no connection${passing} was seen on ${host}.`;
  const counted = countOf(summary.endpoints, "endpoint");
  const what = isNarrowed ? `${counted} that passed the filter` : `${counted} of connections`;
  return `In ${time} there were ${what} on ${host}: ${ends.join(", ")}.`;
}

/** Why no finding stands in a report. */
export function noFinding({ source }: Report): string {
  return source.frame.narrowed === undefined
    ? "nothing crossed a threshold"
    : "none speaks of what passes the filter";
}

function mainFinding(report: Report): string {
  const [first] = inReadingOrder(report.findings);
  if (first === undefined) return `No finding was made: ${noFinding(report)}.`;
  const text = safeProse(first.summary);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
