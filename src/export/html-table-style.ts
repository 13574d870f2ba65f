/** The look of the endpoint table and its controls. */

/** A grid, because only a grid can order its rows without a script; cards where it is narrow. */
export const TABLE_STYLE = `.controls{display:grid;gap:.5rem;margin-bottom:.9rem}
.controls fieldset{border:0;margin:0;padding:0;display:flex}
.controls legend{float:left;color:var(--soft);font-size:.83rem;flex:0 0 8.2rem;padding:.2rem 0 0}
.chips{display:flex;flex-wrap:wrap;gap:.35rem;min-width:0}
.chip input,th input{position:absolute;opacity:0;width:1px;height:1px}
.chip span{display:inline-block;padding:.16rem .65rem;border:1px solid var(--line);border-radius:99px;background:var(--card);font-size:.83rem;cursor:pointer}
.chip b{font-weight:400;color:var(--faint)}
.chip:hover span{border-color:var(--faint)}
.chip input:checked+span{background:var(--ink);border-color:var(--ink);color:var(--paper)}.chip input:checked+span b{color:inherit;opacity:.7}
.chip input:focus-visible+span,th input:focus-visible+span{outline:2px solid var(--link);outline-offset:2px}
.switches{display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;align-items:center;font-size:.87rem;margin:.15rem 0 0}
.switches button{font:inherit;color:var(--link);background:none;border:0;padding:0;cursor:pointer;text-decoration:underline}
.table{background:var(--card);border:1px solid var(--line);border-radius:10px;overflow:hidden}
.table table{display:grid;grid-template-columns:auto minmax(11rem,1.4fr) minmax(7rem,1fr) auto auto minmax(7.5rem,auto) minmax(5rem,1fr) auto;width:100%}
.table thead,.table tbody{display:contents}
.table tr{display:grid;grid-template-columns:subgrid;grid-column:1/-1;column-gap:1.1rem;padding:.5rem 1.1rem;border-top:1px solid var(--line);align-items:center;font-size:.87rem}
.table thead tr{order:-999999;border-top:0;padding:.55rem 1.1rem}
.table th,.table td{padding:0;text-align:left;min-width:0;overflow-wrap:anywhere}
.table th label{cursor:pointer;font-weight:600;font-size:.8rem;color:var(--soft);white-space:nowrap}
.table th input:checked+span{color:var(--ink)}.table th input:checked+span::after{content:" \\2193"}
#endpoints:has(#reverse:checked) th input:checked+span::after{content:" \\2191"}
.table tbody tr:hover{background:color-mix(in srgb,var(--link) 5%,transparent)}
.table tr:target{background:color-mix(in srgb,var(--link) 13%,transparent)}
.table .ends span{display:block;font-size:.92em}.table .ends span+span{color:var(--soft)}
.table td small{display:block;color:var(--soft)}.table .number{text-align:right}
.table .verdict{white-space:nowrap}.table abbr{color:var(--warn);font-size:.85em}
.life svg{display:block;width:100%;height:12px;border-radius:3px}
.tale{grid-column:1/-1;color:var(--soft);font-size:.94em;padding-top:.15rem!important;max-width:100ch}
#endpoints:has(#tales:not(:checked)) .tale{display:none}
@media screen and (max-width:820px){.controls fieldset{display:block}.controls legend{float:none;padding:0 0 .2rem}
.table table{display:flex;flex-direction:column}.table tr{grid-template-columns:1fr 1fr;gap:.15rem 1rem;align-items:start}
.table thead tr{display:flex;flex-wrap:wrap;gap:.2rem 1rem}.table thead tr::before{content:"sort by";color:var(--faint);font-size:.8rem}
.table td.id{font-weight:600}.table td.ends,.table td.life{grid-column:1/-1}.table .number{text-align:left}
.table td[data-label]:not(:empty)::before{content:attr(data-label);display:block;color:var(--faint);font-size:.78rem}
.table td:empty{display:none}.table td.id{grid-column:1/-1}}`;
