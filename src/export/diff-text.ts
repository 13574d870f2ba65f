/** The comparison of two recordings for a terminal of 80 columns. */

import { timeOfIso } from "./clock.ts";
import { fitLeft, fitRight, wrap } from "./columns.ts";
import {
  type ComparedFinding,
  type ComparedPhase,
  type ComparedRate,
  type DiffReport,
  type DiffSource,
  type FoundShare,
  hasTimes,
  type Rate,
} from "./diff-report.ts";
import { countOf, countText, durationText } from "./duration.ts";
import { safeName, safeProse } from "./names.ts";

const WIDTH = 80;
const NAME = 22;
const COUNT = 10;
const RATE = 11;
const CHANGE = 11;
const TIME = 21;
const PERCENTILES = ["p50", "p90", "p99"] as const;

/** The lines of a comparison: what each side may be trusted for stands first. */
export function* diffLines(report: DiffReport): Generator<string> {
  yield "lastack diff";
  yield "";
  yield* source("A", report.a);
  yield* source("B", report.b);
  for (const caveat of report.caveats) yield* item("!", caveat);
  if (report.caveats.length > 0) yield "";
  yield* rateTable("TEARDOWNS", { all: report.teardowns });
  yield* rateRows("verdict", report.byVerdict);
  yield* rateRows("role", report.byRole);
  yield "";
  yield* rateTable("SENT AGAIN", report.retransmits);
  yield "";
  if (hasTimes(report.a, report.b)) yield* phases(report.phaseMs);
  else yield "TIME IN STATE: not compared";
  yield "";
  yield* findings(report.findings);
}

function* source(name: string, side: DiffSource): Generator<string> {
  const { hostname, kernel } = side.recording;
  yield* wrap(
    `${name}  ${safeProse(side.file)}: ${safeName(hostname)}, kernel ${safeName(kernel)}`,
    WIDTH,
  );
  const day = side.from.slice(0, 10);
  const to = side.to.startsWith(day)
    ? timeOfIso(side.to)
    : `${side.to.slice(0, 10)} ${timeOfIso(side.to)}`;
  yield `   ${day} ${timeOfIso(side.from)} to ${to} ${side.zone} (${durationText(side.seconds * 1e9)})`;
  yield side.complete ? "   Complete: nothing is known to be missing." : "   Incomplete:";
  for (const each of side.missing) yield* item("-", each);
  yield "";
}

function* rateTable(
  title: string,
  rows: Readonly<Record<string, ComparedRate>>,
): Generator<string> {
  const heads = ["A", "per min", "B", "per min"].map((head, i) =>
    fitRight(head, i % 2 ? RATE : COUNT),
  );
  yield fitLeft(title, NAME + 2) + heads.join("") + fitRight("change", CHANGE);
  for (const [name, row] of Object.entries(rows)) yield rateRow(name, row);
}

/** Rows that are 0 on both sides say nothing. */
function* rateRows(title: string, rows: Readonly<Record<string, ComparedRate>>): Generator<string> {
  const telling = Object.entries(rows).filter(([, { a, b }]) => a.count + b.count > 0);
  if (telling.length === 0) return;
  yield `  by ${title}`;
  for (const [name, row] of telling) yield rateRow(`  ${name}`, row);
}

function rateRow(name: string, { a, b, ratio }: ComparedRate): string {
  const cells = [a, b].map(
    (side) => fitRight(countText(side.count), COUNT) + fitRight(perMinute(side), RATE),
  );
  const change = fitRight(changeText(a.count, b.count, ratio), CHANGE);
  return `  ${fitLeft(name, NAME)}${cells.join("")}${change}`;
}

function perMinute({ perMinute: rate }: Rate): string {
  if (rate === null) return "-";
  return rate >= 100 ? countText(Math.round(rate)) : rate.toFixed(rate >= 10 ? 1 : 2);
}

function changeText(a: number, b: number, ratio: number | null): string {
  if (a === 0) return b === 0 ? "-" : "new";
  if (b === 0) return "gone";
  if (ratio === null) return "-";
  return ratio === 1 ? "same" : `x${ratioText(ratio)}`;
}

function ratioText(ratio: number): string {
  return ratio >= 100 ? countText(Math.round(ratio)) : ratio.toFixed(ratio >= 10 ? 1 : 2);
}

function* phases(all: DiffReport["phaseMs"]): Generator<string> {
  const rows = Object.entries(all);
  if (rows.length === 0) {
    yield "TIME IN STATE: no state was left";
    return;
  }
  yield timeRow("TIME IN STATE", "A", "B", "change", NAME + 2);
  for (const [state, phase] of rows) yield* phaseRows(state, phase);
}

function* phaseRows(state: string, { a, b, ratio }: ComparedPhase): Generator<string> {
  const stays = (count: number) => countOf(count, "stay");
  yield `  ${timeRow(state, stays(a?.count ?? 0), stays(b?.count ?? 0), "", NAME)}`.trimEnd();
  for (const name of PERCENTILES) {
    const times = [a, b].map((side) => (side === null ? "-" : durationText(side[name] * 1e6)));
    const change = a && b ? changeText(a[name], b[name], ratio?.[name] ?? null) : "-";
    yield `  ${timeRow(`  ${name}`, times[0] ?? "", times[1] ?? "", change, NAME)}`;
  }
}

function timeRow(name: string, a: string, b: string, change: string, width: number): string {
  return fitLeft(name, width) + fitRight(a, TIME) + fitRight(b, TIME) + fitRight(change, CHANGE);
}

function* findings({ came, went, stayed }: DiffReport["findings"]): Generator<string> {
  yield `FINDINGS: ${came.length} came, ${went.length} went, ${stayed.length} stayed`;
  for (const each of came) yield* finding("came", each);
  for (const each of went) yield* finding("went", each);
  for (const each of stayed) yield* finding("stayed", each);
}

function* finding(change: string, each: ComparedFinding): Generator<string> {
  yield "";
  const about = Object.entries(each.subject).map(([name, value]) => `${name} ${safeName(value)}`);
  yield* wrap([`${change.toUpperCase()}  ${each.kind}`, ...about].join(", "), WIDTH);
  for (const [name, share] of [
    ["A", each.a],
    ["B", each.b],
  ] as const) {
    if (share !== null) yield* item(name, shareText(share));
  }
}

function shareText({ severity, times, isOpen, summary }: FoundShare): string {
  const often = times === 1 ? "" : `, ${countText(times)} times`;
  return `${severity}${often}${isOpen ? ", still so at the end" : ""}: ${safeProse(summary)}`;
}

function* item(mark: string, body: string): Generator<string> {
  for (const [i, line] of wrap(body, WIDTH - 5).entries())
    yield `   ${i === 0 ? mark : " "} ${line}`;
}
