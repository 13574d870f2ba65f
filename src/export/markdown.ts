/** `--format markdown`: a post-mortem that fits an issue, at most 60 lines. */

import type { Endpoint } from "../core/endpoint.ts";
import { ladderOf } from "../core/ladder.ts";
import { completenessOf } from "./completeness.ts";
import { countOf, countText } from "./duration.ts";
import { escapeMarkdown } from "./escape-markdown.ts";
import type { ExportFormat } from "./format.ts";
import { sequenceDiagram } from "./mermaid.ts";
import { safeName, safeProse } from "./names.ts";
import { asLines, inPieces } from "./pieces.ts";
import type { Report } from "./report.ts";
import { storyOf } from "./story.ts";
import { inTurn, tellingEndpoints } from "./telling.ts";
import { timelineOf } from "./timeline.ts";

/** The rooms of the 60 lines; headings, tables' heads and blank lines take the rest. */
const MOST = { arrows: 6, timeline: 11, evidence: 7, advice: 7 } as const;

/** What happened, when, how it is known, what is missing, what to do. */
export const markdown: ExportFormat = {
  name: "markdown",
  extension: "md",
  about: "a post-mortem of at most 60 lines for an issue or a wiki",
  render: (report) => inPieces(asLines(lines(report))),
};

function* lines(report: Report): Generator<string> {
  const { clock, endNs } = report.source;
  const telling = tellingEndpoints(report, 4);
  const [first] = telling;
  const { headline, details } = completenessOf(report);
  yield `# TCP teardowns on ${escapeMarkdown(safeName(report.recording.hostname))}, ${clock.day(0)}`;
  yield "";
  yield `**${headline}** ${details.join(" ")}`.trimEnd();
  yield "";
  yield "## What happened";
  yield "";
  yield storyOf(report, first).map(escapeMarkdown).join(" ");
  yield "";
  if (first !== undefined) {
    yield "```mermaid";
    yield* sequenceDiagram(ladderOf(first, endNs), clock, {
      isBrief: true,
      mostArrows: MOST.arrows,
    });
    yield "```";
    yield "";
  }
  yield* timeline(report, telling);
  yield* evidence(report);
  yield* ledger(report);
  yield* advice(report);
}

function* timeline(report: Report, telling: readonly Endpoint[]): Generator<string> {
  const { clock } = report.source;
  const { entries, leftOut } = timelineOf(report, telling, MOST.timeline);
  yield `## Timeline (${clock.zone})`;
  yield "";
  if (entries.length === 0) {
    yield "Nothing to tell.";
    yield "";
    return;
  }
  yield `| time | what${leftOut > 0 ? ` (${countText(leftOut)} more left out)` : ""} | source |`;
  yield "| --- | --- | --- |";
  for (const { at, what, source } of entries) {
    yield `| ${clock.time(at, 3)} | ${escapeMarkdown(what)} | ${escapeMarkdown(source)} |`;
  }
  yield "";
}

function* evidence({ findings }: Report): Generator<string> {
  yield "## Evidence";
  yield "";
  const items = inTurn(findings, ({ id, kind, evidence: texts, endpoints }) => {
    const where = endpoints.slice(0, 3).map(safeName).join(", ");
    const more = endpoints.length > 3 ? ` and ${countText(endpoints.length - 3)} more` : "";
    const of = where === "" ? "" : ` (${where}${more})`;
    return texts.map((text) => `${kind} ${safeName(id)}${of}: ${safeProse(text)}`);
  });
  if (items.length === 0) yield "No finding, so no evidence.";
  yield* bullets(items, MOST.evidence, "piece of evidence", "pieces of evidence");
  yield "";
}

function* ledger({ recording }: Report): Generator<string> {
  const { counted, received, lost, skipped, unparsed, evicted, balanced } = recording.ledger;
  const counts = [counted, received, lost, skipped, unparsed, evicted].map(countText);
  yield "## Ledger";
  yield "";
  yield "| counted | received | lost | skipped | unparsed | evicted | balanced | closed cleanly |";
  yield "| ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |";
  yield `| ${[...counts, yesNo(balanced), yesNo(recording.closedCleanly)].join(" | ")} |`;
  yield "";
}

function* advice({ findings }: Report): Generator<string> {
  yield "## Advice";
  yield "";
  const items = inTurn(findings, ({ advice: all }) =>
    all.map(({ text, sysctl, current }) => {
      const now = current === undefined ? sysctl : `${sysctl} is ${current}`;
      return safeProse(text) + (now === undefined ? "" : ` (${safeProse(now)})`);
    }),
  );
  const distinct = [...new Set(items)];
  if (distinct.length === 0) yield "None: nothing was found that needs any.";
  yield* bullets(distinct, MOST.advice, "piece of advice", "pieces of advice");
}

function* bullets(
  items: readonly string[],
  most: number,
  noun: string,
  plural: string,
): Generator<string> {
  const shown = items.length > most ? most - 1 : most;
  for (const item of items.slice(0, shown)) yield `- ${escapeMarkdown(item)}`;
  const rest = items.length - shown;
  if (rest > 0) yield `- ${countOf(rest, `more ${noun}`, `more ${plural}`)} in the full report`;
}

function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}
