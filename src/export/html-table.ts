/** The endpoint table: sorted and filtered by the browser's own controls, without any script. */

import type { Endpoint } from "../core/endpoint.ts";
import { countText, durationText } from "./duration.ts";
import { type Control, filterControls, SORT_KEYS, sortRanks } from "./html-controls.ts";
import { anchor } from "./html-findings.ts";
import { type Content, type Markup, markup } from "./markup.ts";
import { holderName, localName, remoteName, safeName } from "./names.ts";
import type { Report } from "./report.ts";
import { isWholeStory } from "./report-endpoint.ts";
import { sentenceOf } from "./sentence.ts";

/** Beyond so many rows a browser takes seconds to filter. */
export const MOST_ROWS = 1000;

/** Up to so many rows the sentences are shown from the start. */
const FEW_ROWS = 40;

const ROLES = {
  active: "first",
  passive: "second",
  simultaneous: "both at once",
  none: "",
} as const;

/** The section with controls and table over the endpoints that are listed. */
export function endpointsSection(report: Report, endpoints: readonly Endpoint[]): Content {
  if (endpoints.length === 0) return null;
  const { endpoints: all } = report.summary;
  const count =
    endpoints.length < all
      ? `the ${countText(endpoints.length)} to look at first, of ${countText(all)}; the CSV and JSON reports have all`
      : countText(all);
  const { controls, ownerOf } = filterControls(endpoints);
  const ranks = sortRanks(endpoints, report.source.endNs);
  return markup`<section id="endpoints" aria-labelledby="endpoints-title"><h2 id="endpoints-title">Endpoints <small>${count}</small></h2>
<form class="controls">${controls.map(fieldset)}
<p class="switches"><label><input type="checkbox" id="reverse"> reverse order</label> <label><input type="checkbox" id="tales"${endpoints.length <= FEW_ROWS ? markup` checked` : null}> what happened, in words</label> <button type="reset">show all</button></p></form>
<div class="table"><table role="table"><thead role="rowgroup"><tr role="row">${SORT_KEYS.map(head)}</tr></thead>
<tbody role="rowgroup">${endpoints.map((endpoint, i) =>
    row(endpoint, report, ranks[i] ?? [], ownerOf(endpoint)),
  )}</tbody></table></div></section>
`;
}

function fieldset({ name, title, options }: Control): Markup {
  return markup`<fieldset><legend>${title}</legend><div class="chips">${options.map(
    ({ value, label, count }, i) =>
      markup`<label class="chip"><input type="radio" name="${name}" id="${name}-${value}"${i === 0 ? markup` checked` : null}><span>${label} <b>${countText(count)}</b></span></label>`,
  )}</div></fieldset>`;
}

function head({ id, title }: (typeof SORT_KEYS)[number], i: number): Markup {
  return markup`<th role="columnheader" scope="col"><label><input type="radio" name="sort" form="none" id="sort-${id}"${i === 0 ? markup` checked` : null}><span>${title}</span></label></th>`;
}

function row(endpoint: Endpoint, report: Report, ranks: readonly number[], owner: string): Markup {
  const { view, endNs } = report.source;
  const { id, tuple, role, state, resends } = endpoint;
  const verdict = endpoint.verdict ?? "unfinished";
  const order = ranks.map((rank, i) => `--k${i}:${rank}`).join(";");
  const gap = isWholeStory(endpoint, view)
    ? null
    : markup` <abbr title="events of it are missing">gap</abbr>`;
  return markup`<tr role="row" id="endpoint-${anchor(id)}" data-v="${verdict}" data-s="${state}" data-o="${owner}" style="${order}">
<td role="cell" class="id">${safeName(id)}${gap}</td><td role="cell" class="ends"><span>${localName(tuple)}</span><span>${remoteName(tuple)}</span></td><td role="cell" class="owner" data-label="holder">${holderName(endpoint)}</td><td role="cell" data-label="verdict"><span class="verdict"><svg class="dot" viewBox="0 0 10 10" aria-hidden="true"><rect class="v-${verdict}" width="10" height="10" rx="3"/></svg>${verdict}</span></td><td role="cell" data-label="closed">${ROLES[role]}</td><td role="cell" data-label="state">${state}<small>${stateAge(endpoint, endNs)}</small></td><td role="cell" class="life" data-label="life">${lifeStrip(endpoint, endNs)}</td><td role="cell" class="number" data-label="re-sent">${resends.length === 0 ? null : countText(resends.length)}</td><td role="cell" class="tale">${sentenceOf(endpoint, report.source)}</td></tr>
`;
}

/** How long it has been in its state; nothing once it is gone. */
function stateAge({ endedAt, phases }: Endpoint, endNs: number): Content {
  const last = phases.at(-1);
  if (endedAt !== null || last === undefined) return null;
  return ` ${last.atLeast ? "≥ " : ""}${durationText(Math.max(0, endNs - last.from))}`;
}

const STRIP = 200;

/** All states in order; a width grows with the logarithm of the stay, so that short ones show. */
function lifeStrip({ phases }: Endpoint, endNs: number): Content {
  const stays = phases.map(({ state, from, to }) => {
    const ns = Math.max(0, (to ?? endNs) - from);
    return { state, ns, weight: 1 + Math.log10(1 + ns / 1000) };
  });
  const total = stays.reduce((sum, { weight }) => sum + weight, 0);
  let x = 0;
  return markup`<svg viewBox="0 0 ${STRIP} 12" preserveAspectRatio="none" role="img" aria-label="${stays.map(({ state }) => state).join(", ")}">${stays.map(
    ({ state, ns, weight }) => {
      const width = (weight / total) * STRIP;
      const part = markup`<rect class="s-${state}" x="${round(x)}" y="0" width="${round(Math.max(1, width - 1))}" height="12"><title>${state} ${durationText(ns)}</title></rect>`;
      x += width;
      return part;
    },
  )}</svg>`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
