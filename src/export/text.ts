/** `--format text`: the report for a terminal of 80 columns or a mail. */

import { ladderOf } from "../core/ladder.ts";
import { timeOfIso } from "./clock.ts";
import { wrap } from "./columns.ts";
import { completenessOf } from "./completeness.ts";
import { countText, durationText } from "./duration.ts";
import type { ExportFormat } from "./format.ts";
import { LADDER_LEGEND, ladderLines } from "./ladder-text.ts";
import { holderName, localName, remoteName, safeName, safeProse } from "./names.ts";
import { asLines, inPieces } from "./pieces.ts";
import type { Report } from "./report.ts";
import { sentenceOf } from "./sentence.ts";
import { summaryLines } from "./summary-text.ts";
import { inReadingOrder, tellingEndpoints } from "./telling.ts";
import { type ToldFinding, tellAdviceOnce } from "./told-advice.ts";

const WIDTH = 80;
const MOST_LADDERS = 5;
const MOST_IDS = 8;
const MOST_FINDINGS = 20;

/** Plain text: what is missing, what was found, ladders of the telling endpoints, the counts. */
export const text: ExportFormat = {
  name: "text",
  extension: "txt",
  about: "80 columns for a terminal or a mail",
  render: (report) => inPieces(asLines(lines(report))),
};

function* lines(report: Report): Generator<string> {
  yield* head(report);
  yield "";
  yield* findings(report);
  yield "";
  yield* teardowns(report);
  yield "";
  yield "SUMMARY";
  yield "";
  yield* summaryLines(report.summary);
}

function* head(report: Report): Generator<string> {
  const { recording, source } = report;
  const { clock, endNs } = source;
  yield* wrap(
    `lastack report: ${safeName(recording.hostname)}, kernel ${safeName(recording.kernel)}`,
    WIDTH,
  );
  const end = clock.day(0) === clock.day(endNs) ? clock.time(endNs) : clock.iso(endNs);
  yield `${clock.day(0)} ${clock.time(0)} to ${end} ${clock.zone} (${durationText(endNs)})`;
  yield "";
  const completeness = completenessOf(report);
  yield* wrap(completeness.headline, WIDTH);
  for (const detail of completeness.details) yield* item("-", detail);
}

function* findings({ findings: all }: Report): Generator<string> {
  if (all.length === 0) {
    yield "FINDINGS: none";
    return;
  }
  const counts = (["critical", "warning", "info"] as const).flatMap((severity) => {
    const count = all.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  yield `FINDINGS: ${counts.join(", ")}`;
  for (const told of tellAdviceOnce(inReadingOrder(all).slice(0, MOST_FINDINGS))) {
    yield* findingLines(told);
  }
  if (all.length <= MOST_FINDINGS) return;
  yield "";
  yield `${countText(all.length - MOST_FINDINGS)} more findings are in the JSON report`;
}

function* findingLines({ finding, adviceOf }: ToldFinding): Generator<string> {
  yield "";
  yield `${finding.severity.toUpperCase()}  ${finding.kind}  (${safeName(finding.id)})`;
  for (const line of wrap(safeProse(finding.summary), WIDTH - 2)) yield `  ${line}`;
  const until =
    finding.until === null ? "still so at the end" : `until ${timeOfIso(finding.until)}`;
  yield `  since ${timeOfIso(finding.since)}, ${until}`;
  for (const evidence of finding.evidence) yield* item("-", safeProse(evidence));
  if (adviceOf !== null) yield* item(">", `What to do: as for ${safeName(adviceOf)} above.`);
  for (const { text: advice, sysctl, current } of adviceOf === null ? finding.advice : []) {
    yield* item(">", safeProse(advice));
    if (sysctl === undefined) continue;
    yield* item(" ", safeProse(current === undefined ? sysctl : `${sysctl} is ${current}`));
  }
  const named = finding.endpoints.slice(0, MOST_IDS).map(safeName).join(" ");
  const rest = finding.endpoints.length - MOST_IDS;
  if (named !== "")
    yield* item(" ", `endpoints: ${named}${rest > 0 ? ` and ${countText(rest)} more` : ""}`);
}

function* item(mark: string, body: string): Generator<string> {
  for (const [i, line] of wrap(body, WIDTH - 4).entries()) {
    yield `  ${i === 0 ? mark : " "} ${line}`;
  }
}

function* teardowns(report: Report): Generator<string> {
  const { clock, endNs } = report.source;
  const telling = tellingEndpoints(report, MOST_LADDERS);
  if (telling.length === 0) {
    yield "TEARDOWNS: none were seen";
    return;
  }
  const all = countText(report.summary.teardowns);
  yield `TEARDOWNS: the ${telling.length === 1 ? "one" : telling.length} to look at first, of ${all}`;
  yield "";
  for (const line of LADDER_LEGEND) yield `  ${line}`;
  for (const endpoint of telling) {
    const { id, tuple, peer } = endpoint;
    yield "";
    yield* wrap(`${safeName(id)}  ${sentenceOf(endpoint, report.source)}`, WIDTH);
    if (endpoint.note !== null) yield* item("-", safeProse(endpoint.note));
    yield "";
    const from = endpoint.teardownAt ?? endpoint.bornAt;
    yield `  A = ${localName(tuple)}, ${holderName(endpoint)}`;
    const other = peer === null ? "seen from A only" : `${safeName(peer.id)}, ${holderName(peer)}`;
    yield `  B = ${remoteName(tuple)}, ${other}`;
    yield `  teardown began ${clock.iso(from)}`;
    yield "";
    for (const line of ladderLines(ladderOf(endpoint, endNs))) yield `  ${line}`;
  }
}
