/** The one line that a monitoring system reads: verdict, text and performance data. */

import type { Health } from "../core/health.ts";
import type { Measure } from "../core/health-measures.ts";

const MAX_FAULTS = 3;
const MAX_CLAUSE = 160;
const MAX_TEXT = 600;
const UNSAFE = /[^A-Za-z0-9 _\-.,:/()[\]%+=@#?*]/gu;

/**
 * Write `LASTACK OK - text | 'close_wait'=12;50;200;0 …`, with its line feed.
 *
 * The form is that of the monitoring plug-ins' guidelines: `'label'=value[UOM];warn;crit;min;max`.
 *
 * @param when what moment or time was judged, such as `in 15 s`
 */
export function healthLine(health: Health, when: string): string {
  const data = [...health.measures.map(performance), `'findings'=${health.findings};;;0`];
  return `LASTACK ${health.verdict} - ${plainText(sentence(health, when))} | ${data.join(" ")}\n`;
}

/** The line of a check that could not be made; nothing was measured, so there is no data. */
export function unknownLine(why: string): string {
  return `LASTACK UNKNOWN - ${plainText(why)}\n`;
}

/**
 * Leave only characters that mean nothing to a monitoring system, to a shell or to printf.
 *
 * The text travels on through macros into notification commands, where `|` begins the data, `$`,
 * quotes and backticks are the shell's, and a backslash is printf's `%b`: so a name is not
 * escaped but masked. Who needs it exactly asks `lastack report`.
 */
export function plainText(text: string): string {
  const masked = text.replaceAll(";", ",").replace(UNSAFE, "?");
  return cut(masked.trim() === "" ? "nothing is known" : masked, MAX_TEXT);
}

function sentence(health: Health, when: string): string {
  const { verdict, level, faults, doubts } = health;
  if (verdict === "OK") return `${calm(health.measures)}, ${when}`;
  const wrong = `${joined(faults.map(({ text }) => text))}, ${when}`;
  if (verdict !== "UNKNOWN") return wrong;
  const why = `incomplete: ${joined(doubts)}`;
  return level === "OK"
    ? `${why}. Nothing wrong was seen, ${when}`
    : `${why}. Seen even so: ${level}, ${wrong}`;
}

/** What is there, where nothing is wrong: all that has limits, else what is not zero. */
function calm(measures: readonly Measure[]): string {
  return measures
    .filter(({ name, value, limits }) => value > 0 || name === "endpoints" || isLimited(limits))
    .map(({ value, unit, what }) => `${value}${unit} ${what}`)
    .join(", ");
}

function isLimited({ warning, critical }: Measure["limits"]): boolean {
  return warning !== null || critical !== null;
}

function joined(clauses: readonly string[]): string {
  const shown = clauses.slice(0, MAX_FAULTS).map((clause) => cut(clause, MAX_CLAUSE));
  const left = clauses.length - shown.length;
  return [...shown, ...(left > 0 ? [`${left} more`] : [])].join(" / ");
}

function performance({ name, value, unit, limits }: Measure): string {
  const { warning, critical } = limits;
  const range = unit === "%" ? "0;100" : "0";
  return `'${name}'=${value}${unit};${warning ?? ""};${critical ?? ""};${range}`;
}

/** Foreign names may be cut within a surrogate pair: the mask comes after this, or it is ASCII. */
function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 3)}...`;
}
