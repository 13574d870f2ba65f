/** Plays every live scenario under lastack itself, and holds its story against the truth. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { endpointOf, traceOf } from "../scenario/captured-scenario.ts";
import { checkEnd } from "../scenario/check-end.ts";
import { keepFacts, keepScenario, keptScenarios } from "../scenario/fixture.ts";
import { missingPrograms } from "./actors/program.ts";
import { type Capture, captureScenarios, type PlayedScenario } from "./capture.ts";
import { requireTracing, skipOrFail, tracingRefusal } from "./requires.ts";
import type { EndTruth } from "./scenario.ts";
import { scenarios } from "./scenarios/index.ts";

// With LASTACK_KEEP_SCENARIOS=1 the recordings of a run that proves true are kept as fixtures, of
// all scenarios or of those that LASTACK_SCENARIOS names.
const only = process.env.LASTACK_SCENARIOS?.split(",");
const chosen = scenarios.filter(({ name }) => !only || only.includes(name));
const played = new Map<string, PlayedScenario>();
/** How many truths of a scenario held. */
const proven = new Map<string, number>();
let capture: Capture | undefined;

beforeAll(async () => {
  if ((await tracingRefusal()) !== undefined) return;
  const playable = chosen.filter(({ needs }) => missingPrograms(needs ?? []).length === 0);
  capture = await captureScenarios(playable, 16);
  for (const each of capture.played) played.set(each.run.scenario.name, each);
}, 900_000);

afterAll(() => {
  if (process.env.LASTACK_KEEP_SCENARIOS !== "1") return;
  const facts = new Map(keptScenarios().map((each) => [each.name, each]));
  for (const [name, { captured, run }] of played) {
    if (proven.get(name) !== run.scenario.expect.length) continue;
    keepScenario(captured);
    facts.set(name, captured.facts);
  }
  keepFacts(scenarios.flatMap(({ name }) => facts.get(name) ?? []));
});

test("every probe record is accounted for", async (ctx) => {
  await requireTracing(ctx);
  const counts = new Map<string, number>();
  for (const { type } of capture?.events ?? []) counts.set(type, (counts.get(type) ?? 0) + 1);
  expect(capture?.session.footer?.ledger, JSON.stringify([...counts])).toMatchObject({
    lost: 0,
    unparsed: 0,
    balanced: true,
  });
});

describe.each(chosen)("$name", ({ name, needs, expect: truths }) => {
  beforeEach(async (ctx) => {
    await requireTracing(ctx);
    const [missing] = missingPrograms(needs ?? []);
    skipOrFail(ctx, missing && `${missing} is not installed`, process.env.CI);
  });

  test.each(truths)("$end $connection: $role, $verdict", async (truth) => {
    const each = played.get(name);
    if (each === undefined) throw new Error(`${name} did not run`);
    try {
      checkPlayed(truth, each);
      proven.set(name, (proven.get(name) ?? 0) + 1);
    } catch (error) {
      // The kernel skips a probe run in some hundred (recursion_misses): one more play, and said.
      console.warn(
        `${name} is played again, for ${error instanceof Error ? error.message : error}`,
      );
      const again = (await captureScenarios([each.run.scenario], 1)).played[0];
      if (again === undefined) throw error;
      checkPlayed(truth, again);
    }
  });
});

function checkPlayed(truth: EndTruth, { run, captured }: PlayedScenario): void {
  expect(run.error).toBeNull();
  const { connections, connectionEndNs } = captured.facts;
  for (const [i, connection] of connections.entries()) {
    if (truth.connection !== "every" && truth.connection !== connection.name) continue;
    const trace = traceOf(captured, connectionEndNs[i] ?? 0);
    checkEnd(truth, endpointOf(captured, trace, connection, truth.end), trace);
  }
}
