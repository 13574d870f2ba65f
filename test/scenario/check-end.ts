/** Holds what lastack says of one end against the scenario's ground truth. */
import { expect } from "vitest";
import type { Endpoint, LostWave, Phase } from "../../src/core/endpoint.ts";
import type { Trace } from "../../src/core/fold.ts";
import type { EndTruth } from "../live/scenario.ts";

/** A lost wave as far as one host can know it. */
const PAIRS: Readonly<Record<number, LostWave>> = {
  1: "1 or 2",
  2: "1 or 2",
  3: "3 or 4",
  4: "3 or 4",
};

/** Everything that the truth names, in one comparison, so that a failure shows the whole story. */
export function checkEnd(truth: EndTruth, endpoint: Endpoint | undefined, trace: Trace): void {
  expect(endpoint, "the endpoint is known").toBeDefined();
  if (endpoint === undefined) return;
  expect(storyOf(truth, endpoint)).toEqual({
    role: truth.role,
    trigger: truth.trigger,
    verdict: truth.verdict,
    states: truth.states,
    state: truth.state,
    waves: truth.waves.map(({ n, by }) => `${n} ${by}`),
    orphan: truth.orphan,
    unread: truth.unread,
    unreadBytes: truth.unreadBytes ?? (truth.unread === null ? null : 0),
    owner: truth.owner ?? "(not asserted)",
  });
  checkResends(truth, endpoint);
  checkLostWave(truth, endpoint);
  for (const kind of truth.findings) {
    const found = trace.findings().filter((finding) => finding.kind === kind);
    expect(
      found.flatMap(({ endpoints }) => endpoints),
      `${kind} names it`,
    ).toContain(endpoint.id);
  }
}

function storyOf(truth: EndTruth, endpoint: Endpoint) {
  return {
    role: endpoint.role,
    trigger: endpoint.trigger,
    verdict: endpoint.verdict ?? "unfinished",
    states: statesOf(endpoint.phases),
    state: endpoint.state,
    waves: endpoint.waves.map(({ n, by }) => `${n} ${by}`),
    orphan: endpoint.orphan,
    unread: endpoint.unread,
    unreadBytes: endpoint.unreadBytes,
    owner: truth.owner === null ? "(not asserted)" : (endpoint.owner?.comm ?? null),
  };
}

function statesOf(phases: readonly Phase[]): string[] {
  return phases.map(({ state }) => state).filter((state, i, all) => state !== all[i - 1]);
}

function checkResends(truth: EndTruth, endpoint: Endpoint): void {
  for (const kind of ["DATA", "DATA+FIN", "FIN", "SYN"] as const) {
    const count = endpoint.resends.filter((resend) => resend.kind === kind).length;
    const wanted = truth.resends.find((resend) => resend.kind === kind)?.atLeast;
    if (wanted === undefined) expect(count, `${kind} sent again`).toBe(0);
    else expect(count, `${kind} sent again`).toBeGreaterThanOrEqual(wanted);
  }
}

/** Without a FIN sent again there is no sign of a loss, whatever the network did. */
function checkLostWave(truth: EndTruth, endpoint: Endpoint): void {
  if (truth.lostWave === null) return;
  const isSeen = [endpoint, endpoint.peer].some((end) => end?.waves.some((w) => w.retransmits > 0));
  if (!isSeen) return;
  const pair = typeof truth.lostWave === "number" ? PAIRS[truth.lostWave] : truth.lostWave;
  expect([truth.lostWave, pair], "lostWave").toContain(endpoint.lostWave);
}
