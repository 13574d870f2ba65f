/** The head of the HTML report: host, time, whether anything is missing, the figures. */

import type { Endpoint } from "../core/endpoint.ts";
import { completenessOf } from "./completeness.ts";
import { countText, durationText } from "./duration.ts";
import { type Content, type Markup, markup } from "./markup.ts";
import { safeName } from "./names.ts";
import type { Report } from "./report.ts";
import { storyOf } from "./story.ts";

/** Title, statement of completeness, the story in three sentences, the figures. */
export function headSection(report: Report, telling: Endpoint | undefined): Markup {
  const { recording, source } = report;
  const { clock, endNs } = source;
  const end = clock.day(0) === clock.day(endNs) ? clock.time(endNs, 3) : clock.iso(endNs);
  return markup`<header class="page"><p class="program">lastack report</p>
<h1>TCP teardowns on ${safeName(recording.hostname)}</h1>
<p class="span"><time datetime="${recording.startedAt}">${clock.day(0)} ${clock.time(0, 3)}</time> to <time datetime="${recording.endedAt}">${end}</time> ${clock.zone}, ${durationText(endNs)}; kernel ${safeName(recording.kernel)}</p>
${completenessNote(report)}
<div class="story">${storyOf(report, telling).map((sentence) => markup`<p>${sentence}</p>`)}</div>
${figures(report)}</header>
`;
}

function completenessNote(report: Report): Markup {
  const { isComplete, headline, details } = completenessOf(report);
  return markup`<div class="completeness ${isComplete ? "complete" : "incomplete"}" role="note"><strong>${headline}</strong>${
    details.length === 0
      ? null
      : markup`<ul>${details.map((detail) => markup`<li>${detail}</li>`)}</ul>`
  }</div>`;
}

function figures({ summary, findings }: Report): Content {
  const { byVerdict, retransmits } = summary;
  const resets = byVerdict["reset-sent"] + byVerdict["reset-received"];
  const grave = findings.filter(({ severity }) => severity !== "info").length;
  const tiles: [string, number, string][] = [
    ["findings to act on", grave, grave > 0 ? "bad" : ""],
    ["teardowns", summary.teardowns, ""],
    ["graceful", byVerdict.graceful, ""],
    ["by RST", resets, resets > 0 ? "warn" : ""],
    ["timed out", byVerdict["timed-out"], byVerdict["timed-out"] > 0 ? "bad" : ""],
    ["unfinished", byVerdict.unfinished, ""],
    ["FINs re-sent", retransmits.FIN, retransmits.FIN > 0 ? "warn" : ""],
  ];
  return markup`<dl class="figures">${tiles.map(
    ([name, count, tone]) =>
      markup`<div class="${tone}"><dt>${name}</dt><dd>${countText(count)}</dd></div>`,
  )}</dl>`;
}

/** The account of all records, for whoever wants to check it. */
export function ledgerSection({ recording }: Report): Markup {
  const { counted, received, lost, skipped, unparsed, evicted, balanced } = recording.ledger;
  const cells: [string, string][] = [
    ["counted by the kernel", countText(counted)],
    ["received", countText(received)],
    ["lost", countText(lost)],
    ["unparsed", countText(unparsed)],
    ["probe runs skipped", countText(skipped)],
    ["endpoints evicted", countText(evicted)],
    ["balanced", balanced ? "yes" : "no"],
    ["closed cleanly", recording.closedCleanly ? "yes" : "no"],
  ];
  return markup`<section aria-labelledby="ledger"><h2 id="ledger">Ledger</h2><p class="hint">Counted = received + lost + unparsed, from two accounts that do not know of each other.</p>
<dl class="ledger">${cells.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>
`;
}
