/** The charts of the HTML report: teardowns over time, endings, time in each state. */

import type { Verdict } from "../core/endpoint.ts";
import type { Summary } from "../core/trace.ts";
import { countOf, countText, durationText } from "./duration.ts";
import { type Content, type Markup, markup } from "./markup.ts";
import type { Report } from "./report.ts";
import { phaseRows } from "./summary-text.ts";

/** Verdicts as they stack, from the foundation up, and as every legend lists them. */
export const VERDICTS: readonly Verdict[] = [
  "graceful",
  "unfinished",
  "reset-sent",
  "reset-received",
  "timed-out",
  "refused",
  "killed",
  "unknown",
];

const BUCKETS = 60;

/** How the teardowns that began in each sixtieth of the recording ended. */
export function teardownsOverTime(report: Report): Content {
  const { view, clock, endNs } = report.source;
  const counts = Array.from({ length: BUCKETS }, () => new Map<Verdict, number>());
  for (const { teardownAt, verdict } of view.endpoints()) {
    if (teardownAt === null || endNs <= 0) continue;
    const at = Math.floor((teardownAt / endNs) * BUCKETS);
    const bucket = counts[Math.min(BUCKETS - 1, Math.max(0, at))];
    const name = verdict ?? "unfinished";
    bucket?.set(name, (bucket.get(name) ?? 0) + 1);
  }
  const totals = counts.map((bucket) => [...bucket.values()].reduce((sum, n) => sum + n, 0));
  const most = Math.max(1, ...totals);
  const title = `Teardowns that began in each ${durationText(endNs / BUCKETS)}, at most ${countText(most)}`;
  return markup`<figure class="chart"><figcaption>Teardowns by the moment they began <small>tallest bar: ${countText(most)} in ${durationText(endNs / BUCKETS)}</small></figcaption>
<svg class="bars" viewBox="0 0 ${BUCKETS * 10} 100" preserveAspectRatio="none" role="img" aria-label="${title}">${counts.map((bucket, i) => stack(bucket, i, most))}</svg>
<div class="axis"><span>${clock.time(0, 0)}</span><span>${clock.time(endNs / 2, 0)}</span><span>${clock.time(endNs, 0)}</span></div></figure>`;
}

function stack(bucket: ReadonlyMap<Verdict, number>, i: number, most: number): Content {
  let top = 100;
  return VERDICTS.map((verdict) => {
    const count = bucket.get(verdict) ?? 0;
    if (count === 0) return null;
    const height = (count / most) * 100;
    top -= height;
    return markup`<rect class="v-${verdict}" x="${i * 10 + 1}" y="${short(top)}" width="8" height="${short(height)}"><title>${countText(count)} ${verdict}</title></rect>`;
  });
}

/** One bar by verdict and one by role, with legends: the verdicts' colours hold for the page. */
export function endings({ byVerdict, byRole, endpoints, retransmits }: Summary): Content {
  const verdicts = VERDICTS.map((name): Share => [`v-${name}`, name, byVerdict[name]]);
  const roles = ROLE_LEGEND.map(([role, name]): Share => [`r-${role}`, name, byRole[role]]);
  const { FIN, DATA, SYN } = retransmits;
  return markup`<figure class="chart"><figcaption>How they ended <small>${countOf(endpoints, "endpoint")}</small></figcaption>${shares(verdicts, endpoints)}
<p class="title">Who closed first</p>${shares(roles, endpoints)}
<p class="resent">Sent again: ${countText(FIN)} FIN, ${countText(DATA)} data, ${countText(SYN)} SYN.</p></figure>`;
}

type Share = [colour: string, name: string, count: number];

const ROLE_LEGEND = [
  ["active", "this end"],
  ["passive", "the other end"],
  ["simultaneous", "both at once"],
  ["none", "no FIN seen"],
] as const;

function shares(all: readonly Share[], total: number): Content {
  const present = all.filter(([, , count]) => count > 0);
  let x = 0;
  const parts = present.map(([colour, name, count]) => {
    const width = (count / Math.max(1, total)) * 1000;
    const rect = markup`<rect class="${colour}" x="${short(x)}" y="0" width="${short(width)}" height="20"><title>${name}: ${countText(count)}</title></rect>`;
    x += width;
    return rect;
  });
  const legend = present.map(
    ([colour, name, count]) =>
      markup`<li><svg class="dot" viewBox="0 0 10 10" aria-hidden="true"><rect class="${colour}" width="10" height="10" rx="3"/></svg>${name} <b>${countText(count)}</b></li>`,
  );
  return markup`<svg class="endings" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>
<ul class="legend">${legend}</ul>`;
}

/** From a microsecond to the longest stay: equal steps are equal factors. */
export function timeInStates(summary: Summary): Content {
  const rows = phaseRows(summary);
  if (rows.length === 0) return null;
  const longest = Math.max(0.01, ...rows.map(([, { max }]) => max));
  const shortest = Math.max(0.001, Math.min(...rows.map(([, { p50 }]) => p50)) / 2);
  const span = Math.log(longest / shortest) || 1;
  const at = (ms: number) => short((Math.log(Math.max(ms, shortest) / shortest) / span) * 1000);
  return markup`<figure class="chart"><figcaption>Time in each state <small>p50 to p90 thick, to p99 thin, tick the longest; logarithmic</small></figcaption>
<table class="stays"><thead><tr><th scope="col">state</th><th scope="col" class="wide">range</th><th scope="col">p50</th><th scope="col">p99</th><th scope="col">max</th></tr></thead><tbody>${rows.map(
    ([state, { p50, p90, p99, max }]): Markup =>
      markup`<tr><th scope="row">${state}</th><td class="wide"><svg viewBox="-4 0 1008 16" preserveAspectRatio="none" aria-hidden="true"><rect class="track" x="0" y="7.5" width="1000" height="1"/><rect class="s-${state} thin" x="${at(p90)}" y="6" width="${Math.max(0, Number(at(p99)) - Number(at(p90)))}" height="4"/><rect class="s-${state}" x="${at(p50)}" y="2" width="${Math.max(6, Number(at(p90)) - Number(at(p50)))}" height="12" rx="2"/><rect class="longest" x="${at(max)}" y="2" width="3" height="12"/></svg></td><td>${ms(p50)}</td><td>${ms(p99)}</td><td>${ms(max)}</td></tr>`,
  )}</tbody></table></figure>`;
}

function ms(value: number): string {
  return durationText(value * 1e6);
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
