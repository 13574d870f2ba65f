/** Plays every live scenario and holds its ground truth against the kernel's own words. */
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Verdict } from "../../src/core/endpoint.ts";
import { missingPrograms } from "./actors/program.ts";
import type { Seen } from "./checkpoint.ts";
import { type Life, Oracle } from "./oracle.ts";
import { requireTracing, skipOrFail, tracingRefusal } from "./requires.ts";
import { runScenarios, type ScenarioRun } from "./run-scenarios.ts";
import type { EndTruth } from "./scenario.ts";
import { scenarios } from "./scenarios/index.ts";
import { seenOf, stuckSeconds, type Witness, witnessOf } from "./witness.ts";

const only = process.env.LASTACK_SCENARIOS?.split(",");
const chosen = scenarios.filter(({ name }) => !only || only.includes(name));
const runs = new Map<string, ScenarioRun>();
let lives: Life[] = [];

beforeAll(async () => {
  if ((await tracingRefusal()) !== undefined) return;
  const oracle = await Oracle.start();
  const playable = chosen.filter(({ needs }) => missingPrograms(needs ?? []).length === 0);
  const done = await runScenarios(playable, { concurrency: 16 });
  for (const run of done) runs.set(run.scenario.name, run);
  lives = await oracle.stop();
}, 300_000);

describe.each(chosen)("$name", ({ name, needs, expect: truths }) => {
  beforeEach(async (ctx) => {
    await requireTracing(ctx);
    const [missing] = missingPrograms(needs ?? []);
    skipOrFail(ctx, missing && `${missing} is not installed`, process.env.CI);
  });

  test("is played to its end", () => {
    expect(runs.get(name)?.error).toBeNull();
  });

  test.each(truths)("$end $connection: $role, $verdict", (truth) => {
    const run = runs.get(name);
    if (!run) throw new Error(`${name} did not run`);
    for (const connection of run.connections) {
      if (truth.connection === "every" || truth.connection === connection.name) {
        const seen = seenOf(run, connection.name, truth.end);
        checkEnd(truth, seen);
        checkLife(truth, seen, witnessOf(run, connection, truth.end, lives));
      }
    }
    for (const finding of truth.findings) {
      const { state, seconds } = stuckSeconds[finding] ?? {};
      if (!state || seconds === undefined) continue;
      const times = seenTimes(run, truth, state);
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(seconds * 1000);
    }
  });
});

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

function checkEnd(truth: EndTruth, seen: readonly Seen[]): void {
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

function checkLife(truth: EndTruth, seen: readonly Seen[], life: Witness | null): void {
  const full = life?.states ?? [];
  const minis = seen.flatMap(({ row }) => (row && (row.isMini || !life) ? [row.state] : []));
  const rest = minis.filter((state, at) => state !== minis[at - 1] && state !== full.at(-1));
  expect([...full, ...rest]).toEqual(truth.states);
  const errors = truth.verdict && errorsOf[truth.verdict];
  if (errors) expect(errors, "sk_err at CLOSE").toContain(life?.error ?? 0);
  for (const kind of ["DATA", "DATA+FIN", "FIN", "SYN"] as const) {
    const count = (life?.resent ?? []).filter((resent) => resent === kind).length;
    const wanted = truth.resends.find((resend) => resend.kind === kind)?.atLeast;
    if (wanted === undefined) expect(count, `${kind} sent again`).toBe(0);
    else expect(count, `${kind} sent again`).toBeGreaterThanOrEqual(wanted);
  }
}

function seenTimes(run: ScenarioRun, truth: EndTruth, state: string): number[] {
  return run.checkpoints
    .filter(({ seen }) => seen.some(({ end, row }) => end === truth.end && row?.state === state))
    .map(({ at }) => Date.parse(at));
}
