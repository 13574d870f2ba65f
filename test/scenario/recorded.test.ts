/** The live scenarios from their recordings, captured on a real kernel: the same truth, without root. */
import { describe, expect, test } from "vitest";
import { scenarios } from "../live/scenarios/index.ts";
import { endpointOf, traceOf } from "./captured-scenario.ts";
import { checkEnd } from "./check-end.ts";
import { keptRecordings, keptScenarios, readScenario } from "./fixture.ts";

const kept = keptScenarios();

test("every scenario is kept, and nothing else", () => {
  const names = scenarios.map(({ name }) => name).sort();
  expect(kept.map(({ name }) => name).sort()).toEqual(names);
  expect(keptRecordings().sort()).toEqual(names);
});

describe.each(kept)("$name", (facts) => {
  const captured = readScenario(facts);
  const truths = scenarios.find(({ name }) => name === facts.name)?.expect ?? [];

  test("was captured from a kernel", () => {
    expect(captured.header.origin).toBe("captured");
    expect(captured.header.kernel).toMatch(/^\d+\.\d+/);
  });

  test.each(truths)("$end $connection: $role, $verdict", (truth) => {
    for (const [i, connection] of facts.connections.entries()) {
      if (truth.connection !== "every" && truth.connection !== connection.name) continue;
      const trace = traceOf(captured, facts.connectionEndNs[i] ?? 0);
      checkEnd(truth, endpointOf(captured, trace, connection, truth.end), trace);
    }
  });
});
