/** The ladder climbs only as far as it must. */
import { describe, expect, test } from "vitest";
import { climbStopLadder, type StopSignal } from "../../src/bpftrace-runner/stop-ladder.ts";

function processThatHeeds(heeded: StopSignal | undefined) {
  const sent: StopSignal[] = [];
  let leave: () => void = () => {};
  const exited = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const signal = (name: StopSignal) => {
    sent.push(name);
    if (name === heeded) leave();
    return true;
  };
  return { sent, target: { signal, exited } };
}

describe("climbStopLadder", () => {
  test.each([
    ["SIGINT", ["SIGINT"]],
    ["SIGTERM", ["SIGINT", "SIGTERM"]],
    ["SIGKILL", ["SIGINT", "SIGTERM", "SIGKILL"]],
  ] as const)("ends at %s when that is heeded", async (heeded, expected) => {
    const { sent, target } = processThatHeeds(heeded);
    expect(await climbStopLadder(target, [5, 5])).toEqual({ signal: heeded, gone: true });
    expect(sent).toEqual(expected);
  });

  test("says so when even SIGKILL does not help", async () => {
    const { target } = processThatHeeds(undefined);
    expect(await climbStopLadder(target, [5, 5], 5)).toEqual({ signal: "SIGKILL", gone: false });
  });

  test("climbs no further when nobody is left", async () => {
    const target = { signal: () => false, exited: new Promise(() => {}) };
    expect(await climbStopLadder(target, [5, 5])).toEqual({ signal: "SIGINT", gone: true });
  });
});
