/** `--format html`: one file that shows everything and can do nothing. */

import type { Endpoint } from "../core/endpoint.ts";
import { ladderOf } from "../core/ladder.ts";
import type { ExportFormat } from "./format.ts";
import { endings, teardownsOverTime, timeInStates } from "./html-charts.ts";
import { findingsSection } from "./html-findings.ts";
import { headSection, ledgerSection } from "./html-head.ts";
import { LADDER_KEY, ladderSvg } from "./html-ladder.ts";
import { STYLE } from "./html-style.ts";
import { endpointsSection, MOST_ROWS } from "./html-table.ts";
import { type Content, Markup, markup } from "./markup.ts";
import { holderName, safeName, safeProse } from "./names.ts";
import { inPieces } from "./pieces.ts";
import type { Report } from "./report.ts";
import { sentenceOf } from "./sentence.ts";
import { tellingEndpoints, weightiest } from "./telling.ts";
import { lostWaveText } from "./words.ts";

const MOST_LADDERS = 8;

const SKIP = `<a class="skip" href="#endpoints">To the endpoints</a>`;

/**
 * A page without script and without anything from elsewhere: the policy forbids both, so that a
 * report from a strange host is safe to open. Sorting and filtering are the browser's own.
 */
export const html: ExportFormat = {
  name: "html",
  extension: "html",
  about: "one file for a browser: findings, wave diagrams, charts, a table",
  render: (report) => inPieces(document(report)),
};

const POLICY = new Markup(
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
);

function* document(report: Report): Generator<string> {
  const telling = tellingEndpoints(report, MOST_LADDERS);
  const listed = inOrderSeen(report, new Set(weightiest(report, MOST_ROWS)));
  const ids = new Set(listed.map(({ id }) => id));
  const title = `TCP teardowns on ${safeName(report.recording.hostname)}`;
  yield markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
${new Markup(STYLE)}
</style>
</head>
<body>
<main>
${listed.length === 0 ? null : new Markup(SKIP)}
`.html;
  const sections: Content[] = [
    headSection(report, telling[0]),
    findingsSection(report, (id) => ids.has(id)),
    laddersSection(report, telling),
    chartsSection(report),
    endpointsSection(report, listed),
    ledgerSection(report),
  ];
  for (const section of sections) yield markup`${section}`.html;
  yield markup`<footer>Written by lastack. Times are ${report.source.clock.zone}. This file holds no script and loads nothing.</footer>\n</main>\n</body>\n</html>\n`
    .html;
}

function inOrderSeen(report: Report, chosen: ReadonlySet<Endpoint>): Endpoint[] {
  const listed: Endpoint[] = [];
  for (const endpoint of report.source.view.endpoints()) {
    if (chosen.has(endpoint)) listed.push(endpoint);
  }
  return listed;
}

function laddersSection(report: Report, telling: readonly Endpoint[]): Content {
  if (telling.length === 0) return null;
  return markup`<section aria-labelledby="ladders"><h2 id="ladders">Wave diagrams <small>the teardowns to look at first</small></h2>
${LADDER_KEY}<div class="ladders">${telling.map((endpoint) => ladderCard(report, endpoint))}</div></section>
`;
}

function ladderCard({ source }: Report, endpoint: Endpoint): Markup {
  const { endNs } = source;
  const ladder = ladderOf(endpoint, endNs);
  const { left, right, lostWave } = ladder;
  const isTold = lostWave === null || endpoint.lostWave !== null;
  const lost = isTold ? null : markup`<p class="lost-note">${lostWaveText(lostWave)}</p>`;
  const note = endpoint.note === null ? null : markup`<p>${safeProse(endpoint.note)}</p>`;
  const id = right.endpoint === null ? endpoint.id : `${endpoint.id} and ${right.endpoint.id}`;
  return markup`<article class="ladder-card"><h3>${safeName(id)}</h3><p>${sentenceOf(endpoint, source)}</p>${lost}${note}
<div class="sides"><div><code>${left.name}</code><span class="who">${holderName(endpoint)}</span></div><div><code>${right.name}</code><span class="who">${right.endpoint === null ? "not in view" : holderName(right.endpoint)}</span></div></div>
${ladderSvg(ladder)}</article>
`;
}

function chartsSection(report: Report): Content {
  if (report.summary.endpoints === 0) return null;
  return markup`<section aria-labelledby="charts"><h2 id="charts">In numbers</h2><div class="charts">${teardownsOverTime(report)}${endings(report.summary)}${timeInStates(report.summary)}</div></section>
`;
}
