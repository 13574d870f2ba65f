/** Findings as cards: what, since when, how it is known, what to do. */

import { timeOfIso } from "./clock.ts";
import { countOf, countText } from "./duration.ts";
import { type Content, type Markup, markup } from "./markup.ts";
import { safeName, safeProse } from "./names.ts";
import type { Report, ReportFinding } from "./report.ts";
import { noFinding } from "./story.ts";
import { inReadingOrder } from "./telling.ts";
import { type ToldFinding, tellAdviceOnce } from "./told-advice.ts";

const MOST_FINDINGS = 50;
const MOST_IDS = 12;

/** The section of findings, grave ones first; it says so where there are none. */
export function findingsSection(report: Report, isListed: (id: string) => boolean): Content {
  const { findings } = report;
  if (findings.length === 0) {
    return markup`<section aria-labelledby="findings"><h2 id="findings">Findings</h2><p class="calm">None: ${noFinding(report)}.</p></section>`;
  }
  const shown = inReadingOrder(findings).slice(0, MOST_FINDINGS);
  const rest = findings.length - shown.length;
  return markup`<section aria-labelledby="findings"><h2 id="findings">Findings <small>${countText(findings.length)}</small></h2>
<div class="findings">${[...tellAdviceOnce(shown)].map((told) => card(told, isListed))}</div>${
    rest > 0
      ? markup`<p class="more">${countOf(rest, "more finding")} in the JSON report.</p>`
      : null
  }</section>
`;
}

function card({ finding, adviceOf }: ToldFinding, isListed: (id: string) => boolean): Markup {
  const { id, kind, severity, summary, evidence, advice } = finding;
  const until =
    finding.until === null ? "still so at the end" : `until ${timeOfIso(finding.until)}`;
  return markup`<article class="finding ${severity}" id="finding-${anchor(id)}">
<header><span class="severity">${severity}</span><h3>${kind}</h3><span class="id">${safeName(id)}</span><span class="when">${timeOfIso(finding.since)}, ${until}</span></header>
<p class="summary">${safeProse(summary)}</p><div class="both">${list("How it is known", evidence.map(safeProse))}${adviceOf === null ? list("What to do", advice.map(adviceItem)) : asAbove(adviceOf)}</div>${links(finding.endpoints, isListed)}</article>
`;
}

function list(title: string, items: readonly Content[]): Content {
  if (items.length === 0) return null;
  return markup`<div><h4>${title}</h4><ul>${items.map((item) => markup`<li>${item}</li>`)}</ul></div>`;
}

function asAbove(id: string): Markup {
  return markup`<div><h4>What to do</h4><p>As for <a href="#finding-${anchor(id)}">${safeName(id)}</a> above.</p></div>`;
}

function adviceItem({ text, sysctl, current }: ReportFinding["advice"][number]): Content {
  if (sysctl === undefined) return safeProse(text);
  const value = current === undefined ? null : markup` = ${safeProse(current)}`;
  return markup`${safeProse(text)} <code>${safeName(sysctl)}${value}</code>`;
}

function links(ids: readonly string[], isListed: (id: string) => boolean): Content {
  if (ids.length === 0) return null;
  const shown = ids.slice(0, MOST_IDS).map((id) => endpointLink(id, isListed(id)));
  const rest = ids.length - shown.length;
  return markup`<p class="ids">${shown}${rest > 0 ? ` and ${countText(rest)} more` : null}</p>`;
}

/** A link to an endpoint's row where the list holds it. */
export function endpointLink(id: string, isListed: boolean): Markup {
  const name = safeName(id);
  return isListed
    ? markup`<a class="id" href="#endpoint-${anchor(id)}">${name}</a> `
    : markup`<span class="id">${name}</span> `;
}

/** An id as part of a fragment: letters, digits, dot, dash; anything else becomes a dash. */
export function anchor(id: string): string {
  return id.slice(0, 64).replace(/[^A-Za-z0-9.-]/g, "-");
}
