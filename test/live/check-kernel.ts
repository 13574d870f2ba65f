/** Holds a scenario's ground truth against what the kernel itself said of it. */
import { expect } from "vitest";
import type { Verdict } from "../../src/core/endpoint.ts";
import type { TcpState } from "../../src/event/tcp-state.ts";
import type { Seen } from "./checkpoint.ts";
import type { Life } from "./lives.ts";
import type { ScenarioRun } from "./run-scenarios.ts";
import type { EndTruth } from "./scenario.ts";
import { seenOf, stuckSeconds, type Witness, witnessOf } from "./witness.ts";

/**
 * Hold one truth against the socket table and the second witness.
 *
 * @returns how many state changes and re-sends the witness should have told and did not
 */
export function checkKernel(run: ScenarioRun, truth: EndTruth, lives: readonly Life[]): number {
  let missed = 0;
  for (const connection of run.connections) {
    if (truth.connection !== "every" && truth.connection !== connection.name) continue;
    const seen = seenOf(run, connection.name, truth.end);
    checkRow(truth, seen);
    missed += checkLife(run, truth, seen, witnessOf(run, connection, truth.end, lives));
  }
  for (const finding of truth.findings) {
    const { state, seconds } = stuckSeconds[finding] ?? {};
    if (!state || seconds === undefined) continue;
    const times = seenTimes(run, truth, state);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(seconds * 1000);
  }
  return missed;
}

/** The namespaces must have counted at least the segments that the truths say were sent again. */
export function checkResentSegments(run: ScenarioRun, truths: readonly EndTruth[]): void {
  for (const end of ["client", "server"] as const) {
    const mine = truths.filter((truth) => truth.end === end);
    const least = mine.flatMap(({ resends }) => resends).reduce((n, one) => n + one.atLeast, 0);
    expect(run.resentSegments[end]).toBeGreaterThanOrEqual(least);
  }
}

/** `sk_err` at the change to CLOSE; 0 also where a mini-socket came to the end, or none came. */
const errorsOf: Partial<Record<Verdict, readonly number[]>> = {
  graceful: [0],
  killed: [103],
  refused: [111],
  "reset-received": [0, 32, 104],
  "reset-sent": [0, 104],
  "timed-out": [0, 110],
  unfinished: [0],
};

/** Expect the states in the truth's order, perhaps with gaps; answers with how many there are. */
function expectInOrder(seen: readonly TcpState[], truth: readonly TcpState[]): number {
  const inOrder = truth.filter((state) => seen.includes(state));
  expect(seen, `of ${truth.join(" ")}`).toEqual(inOrder);
  return seen.length;
}

function checkRow(truth: EndTruth, seen: readonly Seen[]): void {
  const row = seen.at(-1)?.row;
  expect(row, "the end is looked at").not.toBeUndefined();
  expect(row?.state ?? "CLOSE").toBe(truth.state);
  if (!row || row.isMini) return;
  if (truth.unread === "not-accepted") expect(row.inode).toBe(0);
  else expect(row.inode === 0, "orphan").toBe(truth.orphan);
  if (truth.unread === "drained") expect(row.recvQ).toBe(0);
  if (truth.unread === "fin-unread") expect(row.recvQ).toBe(1);
  if (truth.unreadBytes !== null) expect(row.recvQ).toBe(truth.unreadBytes + 1);
}

function checkLife(
  run: ScenarioRun,
  truth: EndTruth,
  seen: readonly Seen[],
  life: Witness | null,
): number {
  let missed = 0;
  const full = life?.states ?? [];
  const minis = seen.flatMap(({ row }) => (row && (row.isMini || !life) ? [row.state] : []));
  const rest = minis.filter((state, at) => state !== minis[at - 1] && state !== full.at(-1));
  missed += truth.states.length - expectInOrder([...full, ...rest], truth.states);
  const errors = errorsOf[truth.verdict];
  if (errors && life?.closed) expect(errors, "sk_err at CLOSE").toContain(life.closed.error);
  if (!life?.closed && truth.state === "CLOSE" && rest.length === 0) missed += 1;
  if (life?.closed && endsWithoutOwnClose(truth)) {
    expect(life.closed.isOrphan, "SOCK_DEAD at CLOSE").toBe(truth.orphan);
  }
  if (life?.fin) {
    const { isExiting, shut } = life.fin;
    expect(isExiting, "PF_EXITING at the FIN").toBe(truth.trigger === "exit");
    if (life.fin.state === "FIN_WAIT1" && run.scenario.name !== "shutdown-both") {
      expect(shut, "sk_shutdown at the FIN").toBe(truth.trigger === "shutdown" ? 2 : 3);
    }
  }
  const mayBeMini = rest.length > 0 || truth.states.at(-1) === "FIN_WAIT2";
  missed += checkResets(truth, mayBeMini, life?.resets ?? []);
  for (const kind of ["DATA", "DATA+FIN", "FIN", "SYN"] as const) {
    const count = (life?.resent ?? []).filter((resent) => resent === kind).length;
    const wanted = truth.resends.find((resend) => resend.kind === kind)?.atLeast;
    if (wanted === undefined) expect(count, `${kind} sent again`).toBe(0);
    else missed += Math.max(0, wanted - count);
  }
  return missed;
}

/** Not by close() itself, which sets CLOSE before it orphans, nor into TIME_WAIT. */
function endsWithoutOwnClose({ verdict, role }: EndTruth): boolean {
  const isByPeerOrTimer = verdict === "timed-out" || verdict === "reset-received";
  return isByPeerOrTimer || (verdict === "graceful" && role === "passive");
}

/** A mini-socket's RST (reason 9) is not told of the full socket; a keepalive timeout sends one. */
function checkResets(truth: EndTruth, mayBeMini: boolean, reasons: readonly number[]): number {
  const sent: readonly number[] | undefined = {
    "unread-data": [11],
    linger: [14],
    exit: [11],
    close: [8, 14],
    shutdown: [8, 14],
  }[truth.trigger ?? "close"];
  if (truth.verdict === "killed") expect(reasons).toEqual([14]);
  else if (truth.verdict === "timed-out" && reasons.length > 0) expect(reasons).toEqual([15]);
  else if (truth.verdict !== "reset-sent") expect(reasons).toEqual([]);
  else if (reasons.length > 0) expect(sent).toContain(reasons[0]);
  else if (!mayBeMini) return 1;
  return 0;
}

function seenTimes(run: ScenarioRun, truth: EndTruth, state: string): number[] {
  return run.checkpoints
    .filter(({ seen }) => seen.some(({ end, row }) => end === truth.end && row?.state === state))
    .map(({ at }) => Date.parse(at));
}
