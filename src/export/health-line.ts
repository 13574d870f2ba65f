/** The one line that a monitoring system reads: verdict, text and performance data. */

import type { Health } from "../core/health.ts";
import type { Measure } from "../core/health-measures.ts";

/** So much is shown; a line with its data stays below the 1024 bytes that NRPE 2 carries. */
const FAULTS = { most: 3, length: 585 } as const;
/** Beside doubts. */
const FEWER_FAULTS = { most: 3, length: 330 } as const;
const DOUBTS = { most: 2, length: 200 } as const;
const MAX_TEXT = 640;
const QUOTES = /['"`<>]/g;
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
 * quotes and backticks are the shell's, and a backslash is printf's `%b`: so nothing is escaped;
 * quotes are left out and the rest is masked. Who needs a name exactly asks `lastack report`.
 */
export function plainText(text: string): string {
  const masked = text.replaceAll(";", ",").replace(QUOTES, "").replace(UNSAFE, "?");
  return cut(masked.trim() === "" ? "nothing is known" : masked, MAX_TEXT);
}

function sentence(health: Health, when: string): string {
  const { verdict, level, faults, doubts } = health;
  const texts = faults.map(({ text }) => text);
  const room = doubts.length === 0 ? FAULTS : FEWER_FAULTS;
  const seen = `${level === "OK" ? calm(health.measures) : joined(texts, room)}, ${when}`;
  if (doubts.length === 0) return seen;
  const why = `incomplete: ${joined(doubts, DOUBTS)}`;
  if (verdict !== "UNKNOWN") return `${seen}. Data is ${why}`;
  return `${why}. Seen even so: ${level}, ${seen}`;
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

/** The first clauses, which share the room: one alone may say all that it has to. */
function joined(clauses: readonly string[], room: { most: number; length: number }): string {
  const first = clauses.slice(0, room.most);
  const shown = first.map((clause) => cut(clause, Math.floor(room.length / first.length)));
  const left = clauses.length - shown.length;
  return [...shown, ...(left > 0 ? [`${left} more`] : [])].join(" / ");
}

function performance({ name, value, unit, limits }: Measure): string {
  const { warning, critical } = limits;
  const range = unit === "%" ? "0;100" : "0";
  return `'${name}'=${value}${unit};${warning ?? ""};${critical ?? ""};${range}`;
}

/** May cut a surrogate pair in two: what is left of it is masked with the rest. */
function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 3)}...`;
}
