/** Kernels before 6.11 have no `rx_sk`: TIME_WAIT is then read from the table, and said to be. */
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { endpointOf, traceOf } from "../scenario/captured-scenario.ts";
import { captureScenarios, type PlayedScenario } from "./capture.ts";
import { checkStory, playAgain } from "./check-story.ts";
import { requireTracing, tracingRefusal } from "./requires.ts";
import { scenarios } from "./scenarios/index.ts";

const WITHOUT = { withoutProbes: ["time_wait.bt", "time_wait_end.bt"], concurrency: 7 } as const;

/** Each way into TIME_WAIT, and what stays in FIN_WAIT2 as a mini-socket. */
const CHOSEN = [
  "close-v4",
  "close-v6",
  "server-closes-first",
  "fin-ack-in-one",
  "simultaneous-v4",
  "shutdown-then-close",
  "close-wait-drained",
];
const chosen = scenarios.filter(({ name }) => CHOSEN.includes(name));
const played = new Map<string, PlayedScenario>();

beforeAll(async () => {
  if ((await tracingRefusal()) !== undefined) return;
  const capture = await captureScenarios(chosen, WITHOUT);
  for (const each of await playAgain(capture, WITHOUT)) played.set(each.run.scenario.name, each);
}, 400_000);
beforeEach(requireTracing);

test("all are played", () => {
  expect(chosen).toHaveLength(CHOSEN.length);
});

describe.each(chosen)("$name", ({ name, expect: truths }) => {
  const of = () => {
    const each = played.get(name);
    if (each === undefined) throw new Error(`${name} did not run`);
    return each;
  };

  test.each(truths)("$end $connection: $role, $verdict", (truth) => {
    checkStory(truth, of());
  });

  test("no phase claims a segment that no probe saw", () => {
    const { captured } = of();
    expect(captured.header.probes).not.toContain("time_wait");
    for (const [i, connection] of captured.facts.connections.entries()) {
      const trace = traceOf(captured, captured.facts.connectionEndNs[i] ?? 0);
      for (const end of ["client", "server"] as const) {
        const phases = endpointOf(captured, trace, connection, end)?.phases ?? [];
        for (const [at, { state, evidence }] of phases.entries()) {
          // Out of FIN_WAIT1 and CLOSING, and where ACK and FIN come in one segment, the full
          // socket itself goes to TIME_WAIT, and tells so.
          if (name === "fin-ack-in-one") continue;
          if (state !== "TIME_WAIT" || phases[at - 1]?.state !== "FIN_WAIT2") continue;
          expect(["snapshot", "inferred"]).toContain(evidence);
        }
      }
    }
  });
});
