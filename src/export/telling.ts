/** Picks what tells most, where a format has room for a few. */

import type { Endpoint, Verdict } from "../core/endpoint.ts";
import { FINDING_KINDS } from "../core/finding.ts";
import { CLOSING_STATES } from "../event/tcp-state.ts";
import type { Report, ReportFinding } from "./report.ts";

const SEVERITY_WEIGHT = { critical: 3000, warning: 2000, info: 1000 } as const;

/** Still closing, and not yet told by a finding's first endpoint. */
const CLOSING_WEIGHT = 200;

/** Still closing like a finding's first endpoint: it would tell the same again. */
const ALIKE_WEIGHT = 60;

const VERDICT_WEIGHT: Readonly<Record<Verdict, number>> = {
  "timed-out": 700,
  "reset-sent": 600,
  "reset-received": 590,
  killed: 500,
  unknown: 400,
  refused: 300,
  unfinished: 0,
  graceful: 100,
};

/** Up to here an endpoint ended well, or tells what another told already. */
const QUIET_WEIGHT = 101;

interface Weighed {
  readonly endpoint: Endpoint;
  readonly weight: number;
}

/**
 * The endpoints that a person should see first, at most `count`, most telling first.
 *
 * One of each finding comes first, the gravest before, then those that ended badly, then those
 * still closing; among equals the one with more re-sends and then the earlier one. Ten peers that
 * answer no FIN make ten findings and the same picture ten times, so a second one of a shape waits
 * until each shape has been shown. One end stands for both: the one that a finding names, else the
 * one that sent the RST or closed first. Of all that ended well one is enough.
 */
export function tellingEndpoints(report: Report, count: number): Endpoint[] {
  const told = new Set<Endpoint>();
  const shapes = new Set<string>();
  const [first, again]: [Endpoint[], Endpoint[]] = [[], []];
  let hasQuiet = false;
  for (const { endpoint, weight } of heaviest(report, 2 * count + 1)) {
    const isQuiet = weight <= QUIET_WEIGHT;
    if (weight <= 0 || told.has(endpoint) || (isQuiet && hasQuiet)) continue;
    hasQuiet ||= isQuiet;
    const { peer } = endpoint;
    const isSecond = endpoint.role === "passive" && peer?.role === "active";
    const shown = isSecond && peer !== null && weight < SEVERITY_WEIGHT.info ? peer : endpoint;
    (shapes.has(shapeOf(shown)) ? again : first).push(shown);
    shapes.add(shapeOf(shown));
    told.add(endpoint);
    if (peer !== null) told.add(peer);
  }
  return [...first, ...again].slice(0, count);
}

/** What its ladder looks like, roughly. */
function shapeOf({ role, verdict, state, trigger, unread, lostWave, resends }: Endpoint): string {
  return [role, verdict, state, trigger, unread, lostWave, resends.length > 0].join();
}

/** The `count` endpoints that tell most, quiet ones and both ends of a pair included. */
export function weightiest(report: Report, count: number): Endpoint[] {
  return heaviest(report, count)
    .slice(0, count)
    .map(({ endpoint }) => endpoint);
}

/**
 * All that can be among the `count` heaviest, and as many of each lighter weight. Weights are few,
 * so a list for each keeps this linear in the number of endpoints.
 */
function heaviest(report: Report, count: number): Weighed[] {
  const weights = findingWeights(report.findings);
  const byWeight = new Map<number, Weighed[]>();
  for (const endpoint of report.source.view.endpoints()) {
    const weight = weightOf(endpoint, weights.get(endpoint.id));
    const alike = byWeight.get(weight);
    if (alike === undefined) byWeight.set(weight, [{ endpoint, weight }]);
    else if (alike.length < count) alike.push({ endpoint, weight });
  }
  const lists = [...byWeight].sort(([a], [b]) => b - a).map(([, endpoints]) => endpoints);
  return lists.flat();
}

/**
 * The first endpoint of each finding stands for it; the others weigh nothing by it.
 *
 * What is said of the trace itself is said of no endpoint.
 */
function findingWeights(findings: readonly ReportFinding[]): Map<string, number> {
  const weights = new Map<string, number>();
  for (const { kind, severity, endpoints } of findings) {
    if (kind === "incomplete-trace") continue;
    for (const [i, id] of endpoints.entries()) {
      const weight = i === 0 ? SEVERITY_WEIGHT[severity] : 0;
      weights.set(id, Math.max(weight, weights.get(id) ?? 0));
    }
  }
  return weights;
}

/** @param byFinding undefined where no finding speaks of it */
function weightOf(endpoint: Endpoint, byFinding: number | undefined): number {
  const { verdict, state, resends, teardownAt } = endpoint;
  const closing = byFinding === 0 ? ALIKE_WEIGHT : CLOSING_WEIGHT;
  const ending =
    verdict !== null ? VERDICT_WEIGHT[verdict] : CLOSING_STATES.has(state) ? closing : 0;
  const teardown = teardownAt === null ? 0 : 1;
  return (byFinding ?? 0) + ending + teardown + Math.min(90, 10 * resends.length);
}

/**
 * The items of the first finding of each kind before those of the second of any, and of one
 * finding the first before the second: room is short, and another kind tells more.
 */
export function inTurn<T>(
  findings: readonly ReportFinding[],
  itemsOf: (finding: ReportFinding) => readonly T[],
): T[] {
  const seen = new Map<string, number>();
  const items = inReadingOrder(findings).flatMap((finding) => {
    const turn = seen.get(finding.kind) ?? 0;
    seen.set(finding.kind, turn + 1);
    return itemsOf(finding).map((item, i) => ({ item, turn: turn + i }));
  });
  return items.sort((a, b) => a.turn - b.turn).map(({ item }) => item);
}

const SEVERITY_ORDER = { critical: 0, warning: 1, info: 2 } as const;

/** Findings in the order in which people should read them: grave ones first, then by kind, then by time. */
export function inReadingOrder<T extends Pick<ReportFinding, "severity" | "kind">>(
  findings: readonly T[],
): T[] {
  return findings.toSorted(
    (a, b) =>
      SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] ||
      FINDING_KINDS.indexOf(a.kind) - FINDING_KINDS.indexOf(b.kind),
  );
}
