/** The written truths must not contradict themselves: states say which role and waves are possible. */
import { describe, expect, test } from "vitest";
import type { Role } from "../../../src/core/endpoint.ts";
import { isTcpState, type TcpState } from "../../../src/event/tcp-state.ts";
import { type EndTruth, secondsOf } from "../scenario.ts";
import { scenarios } from "./index.ts";

test("scenario names are unique and usable in a file name", () => {
  const names = scenarios.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9-]+$/);
});

test("only long-lived scenarios take more than half a minute", () => {
  const long = scenarios.filter((scenario) => secondsOf(scenario) > 30).map(({ name }) => name);
  expect(long).toEqual(["half-close-long-lived", "fin-wait2-held-long-lived", "time-wait-ends"]);
});

describe.each(scenarios)("$name", ({ about, expect: truths }) => {
  test("is explained in one sentence and says something", () => {
    expect(about).toMatch(/^\S.{20,120}\.$/);
    expect(truths.length).toBeGreaterThan(0);
  });

  test.each(truths)("$end $connection is consistent", (truth) => {
    expect(truth.states.every(isTcpState)).toBe(true);
    expect([truth.states.at(-1), "CLOSE"]).toContain(truth.state);
    expect(truth.role).toBe(roleIn(truth.states));
    expect(truth.waves.map(({ n }) => n)).toEqual(wavesIn(truth));
    if (truth.trigger === null) expect(truth.orphan).toBe(false);
    if (truth.unread !== null) expect(truth.state).toBe("CLOSE_WAIT");
    const isGone = truth.state === "CLOSE";
    if (truth.verdict === "unfinished") {
      const cameToNothing = truth.states.at(-1) === "SYN_SENT";
      expect(cameToNothing || !isGone, "unfinished: a row is left, or no connection came").toBe(
        true,
      );
    } else expect(isGone || truth.verdict === "graceful", "an end leaves no row").toBe(true);
  });
});

function roleIn(states: readonly TcpState[]): Role {
  if (states.includes("CLOSING")) return "simultaneous";
  if (states.includes("FIN_WAIT1")) return "active";
  return states.includes("CLOSE_WAIT") ? "passive" : "none";
}

function wavesIn({ role, states, verdict }: EndTruth): number[] {
  const isWhole = verdict === "graceful";
  if (role === "none") return [];
  if (role === "simultaneous") return isWhole ? [1, 2, 3, 4] : [1, 3, 4];
  if (role === "passive") {
    return [1, 2, ...(states.includes("LAST_ACK") ? [3] : []), ...(isWhole ? [4] : [])];
  }
  return [1, ...(states.includes("FIN_WAIT2") ? [2] : []), ...(isWhole ? [3, 4] : [])];
}
