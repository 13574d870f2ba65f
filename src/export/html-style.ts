/** The look of the HTML report: paper by day, slate by night, ink on paper when printed. */

import { VERDICTS } from "./html-charts.ts";
import { CONTROL_STYLE } from "./html-controls.ts";
import { TABLE_STYLE } from "./html-table-style.ts";

const LIGHT = `--paper:#f5f6f8;--card:#fff;--ink:#17202b;--soft:#586474;--faint:#8791a0;--line:#dde2e9;--link:#1f55c4;
--bad:#b3202f;--warn:#9a5b00;--good:#1c7a46;--info:#2563a8;--bad-bg:#fdf0f0;--warn-bg:#fdf6e9;--good-bg:#eef8f1;
--v-graceful:#3a9d6c;--v-unfinished:#8fa3bb;--v-reset-sent:#dd6b38;--v-reset-received:#f0a06a;--v-timed-out:#b3263f;--v-refused:#8a5fd0;--v-killed:#5c4a3d;--v-unknown:#c3c9d1;
--s-opening:#cfd8e3;--s-established:#93a7bf;--s-fin-wait1:#e3a51a;--s-fin-wait2:#f0c75e;--s-closing:#9a6fd8;--s-time-wait:#5a8fe0;--s-close-wait:#d9573a;--s-last-ack:#b0468e;--s-close:#dfe4ea`;

const DARK = `--paper:#0f141a;--card:#171e27;--ink:#e4eaf1;--soft:#9eacbc;--faint:#6f7d8e;--line:#2a3440;--link:#7fb0ff;
--bad:#ff7b80;--warn:#f0b45a;--good:#6fce97;--info:#7fb7f0;--bad-bg:#2a191c;--warn-bg:#292114;--good-bg:#15251c;
--v-graceful:#4cb583;--v-unfinished:#74879d;--v-reset-sent:#e67f4e;--v-reset-received:#c77f4f;--v-timed-out:#e0566c;--v-refused:#a283e0;--v-killed:#a58b79;--v-unknown:#505b68;
--s-opening:#3c4857;--s-established:#6d829b;--s-fin-wait1:#d79c1e;--s-fin-wait2:#b3923f;--s-closing:#a07be0;--s-time-wait:#5b90e6;--s-close-wait:#e36a4d;--s-last-ack:#c65ba5;--s-close:#35404c`;

/** States with the colour that they share. */
const STATES: readonly (readonly [string, string])[] = [
  ["SYN_SENT", "opening"],
  ["SYN_RECV", "opening"],
  ["NEW_SYN_RECV", "opening"],
  ["LISTEN", "opening"],
  ["ESTABLISHED", "established"],
  ["FIN_WAIT1", "fin-wait1"],
  ["FIN_WAIT2", "fin-wait2"],
  ["CLOSING", "closing"],
  ["TIME_WAIT", "time-wait"],
  ["CLOSE_WAIT", "close-wait"],
  ["LAST_ACK", "last-ack"],
  ["CLOSE", "close"],
];

const ROLES = { active: "time-wait", passive: "fin-wait2", simultaneous: "closing", none: "close" };

const FILLS = [
  ...Object.entries(ROLES).map(([role, colour]) => `.r-${role}{fill:var(--s-${colour})}`),
  ...VERDICTS.map((name) => `.v-${name}{fill:var(--v-${name})}`),
  ...STATES.map(([state, colour]) => `.s-${state}{fill:var(--s-${colour})}`),
].join("\n");

const PAGE = `*{box-sizing:border-box}
html{color-scheme:light dark;scroll-behavior:smooth;scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:.9375rem/1.55 system-ui,-apple-system,"Segoe UI","Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1180px;margin:0 auto;padding:1.75rem 1.25rem 4rem}
code,.id,.ends,svg text{font-family:ui-monospace,"SF Mono","DejaVu Sans Mono",Menlo,Consolas,monospace}
a{color:var(--link)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:4px}
h1,h2,h3,h4,p,ul,dl,figure{margin:0}
h1{font-size:1.9rem;line-height:1.2;letter-spacing:-.015em;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:2.5rem 0 .9rem;letter-spacing:-.005em;break-after:avoid}
h2 small,figcaption small{font-weight:400;color:var(--soft);font-size:.82rem;margin-left:.5em}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.3rem .7rem}
.program{color:var(--soft);font-size:.8rem;letter-spacing:.04em;margin-bottom:.3rem}
.span{color:var(--soft);margin-top:.35rem}
.story{max-width:78ch;margin-top:1.1rem;overflow-wrap:anywhere}.story p+p{margin-top:.35rem}
.completeness{margin-top:1.1rem;padding:.65rem .95rem;border-radius:8px;border:1px solid;max-width:74ch}
.completeness ul{margin-top:.25rem;padding-left:1.15rem;color:var(--ink)}
.complete{color:var(--good);background:var(--good-bg)}.incomplete{color:var(--warn);background:var(--warn-bg)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.2rem,1fr));gap:1px;background:var(--card);border:1px solid var(--line);border-radius:10px;overflow:hidden;margin-top:1.4rem}
.figures div{outline:1px solid var(--line);padding:.65rem .95rem}
.figures dt,.ledger dt{color:var(--soft);font-size:.8rem}
.figures dd,.ledger dd{margin:0;font-size:1.5rem;font-weight:600;line-height:1.25}
.figures .bad dd{color:var(--bad)}.figures .warn dd{color:var(--warn)}
.calm,.hint,.more{color:var(--soft)}
.findings{display:grid;gap:.9rem}
.finding{background:var(--card);border:1px solid var(--line);border-left:5px solid var(--info);border-radius:10px;padding:.85rem 1.1rem 1rem;break-inside:avoid;overflow-wrap:anywhere}
.finding.critical{border-left-color:var(--bad)}.finding.warning{border-left-color:var(--warn)}
.finding header{display:flex;flex-wrap:wrap;align-items:baseline;gap:.1rem .7rem}
.finding h3{font-size:1rem}
.severity{font-size:.78rem;font-weight:700;color:var(--info)}
.critical .severity{color:var(--bad)}.warning .severity{color:var(--warn)}
.when{color:var(--soft);font-size:.85rem;margin-left:auto}
.finding h4{font-size:.8rem;font-weight:600;color:var(--soft);margin-top:.7rem}
.finding ul{padding-left:1.15rem;margin-top:.1rem;max-width:88ch}.finding .summary{margin-top:.25rem;max-width:88ch}
.finding code{font-size:.84em;background:var(--paper);border:1px solid var(--line);border-radius:4px;padding:.05em .35em}
.finding .both{display:grid;grid-template-columns:2fr 3fr;gap:0 2.5rem}
.ids{margin-top:.75rem;font-size:.85rem}a.id{text-decoration:none;border-bottom:1px solid}`;

const FIGURES = `.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(28rem,100%),1fr));gap:.9rem}
.chart{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.85rem 1.1rem 1rem;break-inside:avoid;min-width:0}
.chart.wide,.charts>:first-child{grid-column:1/-1}
figcaption,.title{font-weight:600;font-size:.92rem;margin-bottom:.6rem}
.chart svg{display:block;width:100%}
.bars{height:110px;border-bottom:1px solid var(--line)}
.axis{display:flex;justify-content:space-between;color:var(--soft);font-size:.78rem;margin-top:.25rem}
.resent{margin-top:.9rem;font-size:.87rem;color:var(--soft)}
.endings{height:20px;border-radius:5px;overflow:hidden}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;list-style:none;padding:0;margin-top:.75rem;font-size:.87rem}
.chart svg.dot,svg.dot{display:inline-block;width:.7em;height:.7em;margin-right:.4em;vertical-align:-.02em}
.title{margin-top:1.1rem}
.stays{width:100%;border-collapse:collapse;font-size:.85rem}
.stays th,.stays td{text-align:right;padding:.16rem 0 .16rem .7rem;white-space:nowrap;font-weight:400}
.stays thead th{color:var(--soft);font-size:.78rem}
.stays th:first-child{text-align:left;padding-left:0}.stays .wide{width:45%}.stays svg{height:16px}
.track{fill:var(--line)}.thin{opacity:.55}.longest{fill:var(--ink)}
.ladders{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(21.5rem,100%),1fr));gap:.9rem}
.ladder-card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.85rem 1.1rem 1rem;break-inside:avoid;overflow-wrap:anywhere}
.ladder-card h3{font-size:.95rem}.ladder-card p{font-size:.9rem;margin-top:.2rem}.ladder-card .lost-note{color:var(--warn)}
.ladder-card .sides{display:flex;justify-content:space-between;gap:1rem;margin:.8rem auto 0;max-width:390px;font-size:.8rem}
.sides span{display:block}.sides>:last-child{text-align:right}.sides .who{color:var(--soft)}
svg.ladder{display:block;width:100%;max-width:390px;margin:.1rem auto 0}
.ladder text{font-size:10.5px;fill:var(--ink)}
.ladder .rail{stroke:var(--line);stroke-width:2}
.ladder .gone{stroke:var(--soft);stroke-width:2;fill:none;stroke-linecap:round}
.ladder .state.left,.ladder .state{text-anchor:end}.ladder .state.right{text-anchor:start}
.ladder .segment,.ladder .pause,.ladder .waiting{text-anchor:middle}
.ladder .pause{fill:var(--faint);font-size:9.5px}.ladder .waiting{fill:var(--bad);font-size:10px}
.ladder g line{stroke:var(--ink);stroke-width:1.4}.ladder .tip{fill:var(--ink)}
.ladder .snapshot line{stroke-dasharray:6 4}.ladder .inferred line{stroke-dasharray:1.5 3.5;stroke-linecap:round}
.ladder .again line{stroke:var(--warn)}.ladder .again .tip,.ladder .again text{fill:var(--warn)}
.ladder .rst line{stroke:var(--bad)}.ladder .rst .tip,.ladder .rst text{fill:var(--bad)}
.ladder .lost{stroke:var(--bad);stroke-width:2;fill:none;stroke-linecap:round}
.key{display:flex;flex-wrap:wrap;gap:.2rem 1.3rem;color:var(--soft);font-size:.84rem;margin-bottom:.8rem}
.k::before{content:"";display:inline-block;width:2.2em;border-top:2px solid;margin-right:.5em;vertical-align:.25em}
.k.snapshot::before{border-top-style:dashed}.k.inferred::before{border-top-style:dotted}
.k.lost::before{content:"\\00d7";border:0;width:auto;color:var(--bad);font-weight:700;vertical-align:0}
.ledger{display:flex;flex-wrap:wrap;gap:.6rem 2rem;margin-top:.5rem}.ledger dd{font-size:1.05rem}
footer{margin-top:3rem;color:var(--faint);font-size:.82rem}`;

const NARROW = `@media (max-width:640px){main{padding:1.1rem .9rem 3rem}h1{font-size:1.5rem}
.charts,.finding .both{grid-template-columns:minmax(0,1fr)}.when{margin-left:0;width:100%}
.finding,.chart,.ladder-card{padding-left:.8rem;padding-right:.8rem}.figures{grid-template-columns:1fr 1fr}.figures dd{font-size:1.25rem}.figures div:last-child:nth-child(odd){grid-column:1/-1}
.stays .p99,.chart .stays th:nth-child(4),.chart .stays td:nth-child(4){display:none}.stays .wide{width:38%}}`;

const PRINT = `@media print{:root{${LIGHT}}@page{margin:14mm}html{color-scheme:light;font-size:11px}body{background:#fff}main{max-width:none;padding:0}
.findings{display:block}.finding{margin-bottom:.9rem}.key,.table tr,.figures{break-inside:avoid}
.controls,.skip{display:none}.finding,.chart,.ladder-card{box-shadow:none}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}`;

/** The whole style sheet; no part of it comes from a recording. */
export const STYLE = `:root{${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
${FILLS}
${PAGE}
${FIGURES}
${TABLE_STYLE}
${CONTROL_STYLE}
${NARROW}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
${PRINT}`;
