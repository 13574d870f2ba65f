/** Picks what tells most, where a format has room for a few. */

import type { Endpoint, Verdict } from "../core/endpoint.ts";
import { FINDING_KINDS } from "../core/finding.ts";
import { CLOSING_STATES } from "../event/tcp-state.ts";
import type { Report, ReportFinding } from "./report.ts";

const SEVERITY_WEIGHT = { critical: 3000, warning: 2000, info: 1000 } as const;

const SECOND_OF_FINDING = 50;

const VERDICT_WEIGHT: Readonly<Record<Verdict, number>> = {
  "timed-out": 700,
  "reset-sent": 600,
  "reset-received": 600,
  killed: 500,
  unknown: 400,
  refused: 300,
  unfinished: 0,
  graceful: 100,
};

/**
 * The endpoints that a person should see first, at most `count`, most telling first.
 *
 * One of each finding comes first, the gravest before, then those that ended badly, then those
 * still closing; among equals the one with more re-sends and then the earlier one. Of two ends of one
 * connection the first closer stands for both. Walks all endpoints once and keeps a few.
 */
export function tellingEndpoints(report: Report, count: number): Endpoint[] {
  const weights = findingWeights(report.findings);
  const best: { endpoint: Endpoint; weight: number }[] = [];
  for (const endpoint of report.source.view.endpoints()) {
    const weight = (weights.get(endpoint.id) ?? 0) + weightOf(endpoint);
    const least = best.at(-1);
    if (weight <= 0 || (best.length >= 2 * count && weight <= (least?.weight ?? 0))) continue;
    const at = best.findIndex((other) => other.weight < weight);
    best.splice(at === -1 ? best.length : at, 0, { endpoint, weight });
    if (best.length > 2 * count) best.pop();
  }
  return oneOfEachPair(best.map(({ endpoint }) => endpoint)).slice(0, count);
}

/** The first endpoint of each finding stands for it; the others say much the same again. */
function findingWeights(findings: readonly ReportFinding[]): Map<string, number> {
  const weights = new Map<string, number>();
  for (const { severity, endpoints } of findings) {
    for (const [i, id] of endpoints.entries()) {
      const weight = i === 0 ? SEVERITY_WEIGHT[severity] : SECOND_OF_FINDING;
      weights.set(id, Math.max(weight, weights.get(id) ?? 0));
    }
  }
  return weights;
}

function weightOf({ verdict, state, resends, teardownAt }: Endpoint): number {
  const isClosing = verdict === null && CLOSING_STATES.has(state);
  const ending = isClosing ? 200 : verdict === null ? 0 : VERDICT_WEIGHT[verdict];
  return ending + (teardownAt === null ? 0 : 1) + Math.min(90, 10 * resends.length);
}

function oneOfEachPair(endpoints: readonly Endpoint[]): Endpoint[] {
  const shown = new Set<Endpoint>();
  return endpoints.flatMap((endpoint) => {
    if (shown.has(endpoint)) return [];
    shown.add(endpoint);
    if (endpoint.peer !== null) shown.add(endpoint.peer);
    const isSecond = endpoint.role === "passive" && endpoint.peer?.role === "active";
    return [isSecond && endpoint.peer !== null ? endpoint.peer : endpoint];
  });
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
