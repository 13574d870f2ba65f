/** The detail follows the load: quickly to less, slowly back, and it does not swing. */
import { describe, expect, test } from "vitest";
import { DetailPolicy, type SecondOfLoad } from "../../src/session/detail-policy.ts";

const calm: SecondOfLoad = { changes: 10, lost: 0, cpu: 0.01 };
const busy: SecondOfLoad = { changes: 9000, lost: 0, cpu: 0.1 };

/** The moves that these seconds lead to, each with the number of its second. */
function moves(policy: DetailPolicy, seconds: readonly SecondOfLoad[]): [number, string][] {
  return seconds.flatMap((second, i): [number, string][] => {
    const move = policy.second(second);
    return move === null ? [] : [[i, move.detail]];
  });
}

const times = (count: number, second: SecondOfLoad) => new Array<SecondOfLoad>(count).fill(second);

describe("to less", () => {
  test("after two busy seconds in a row, and says with how many changes", () => {
    const policy = new DetailPolicy();
    expect(moves(policy, [busy, calm, busy, busy])).toEqual([[3, "summary"]]);
    expect(new DetailPolicy().second({ ...busy, lost: 3 })).toEqual({
      detail: "summary",
      cause: "lost",
      figure: 3,
    });
  });

  test("when handing over takes too much of a CPU", () => {
    const dear = { ...calm, changes: 1500, cpu: 0.42 };
    const policy = new DetailPolicy();
    expect(policy.second(dear)).toBeNull();
    expect(policy.second(dear)).toMatchObject({ cause: "cpu", figure: 42 });
  });

  test("not by what bpftrace takes of a slow host where little changes", () => {
    expect(moves(new DetailPolicy(), times(100, { ...calm, cpu: 0.9 }))).toEqual([]);
  });

  test("not where the CPU cannot be read and little happens", () => {
    expect(moves(new DetailPolicy(), times(100, { ...calm, cpu: null }))).toEqual([]);
  });
});

describe("to counting", () => {
  const flood: SecondOfLoad = { ...busy, changes: 40_000 };

  test("by way of summing up, after two seconds of a flood, where that can be", () => {
    const seconds = times(6, flood);
    expect(moves(new DetailPolicy({ canCount: true }), seconds)).toEqual([
      [1, "summary"],
      [3, "aggregate"],
    ]);
    expect(moves(new DetailPolicy(), seconds)).toEqual([[1, "summary"]]);
  });

  test("at once in a second that is twice a flood: in between each socket would be one too", () => {
    const sudden: SecondOfLoad = { ...busy, changes: 64_000 };
    const policy = new DetailPolicy({ canCount: true });
    expect(policy.second({ ...sudden, changes: 63_999 })).toBeNull();
    expect(policy.second(sudden)).toEqual({
      detail: "aggregate",
      cause: "changes",
      figure: 64_000,
    });
    expect(moves(policy, times(20, sudden))).toEqual([]);
    expect(moves(new DetailPolicy(), times(3, sudden))).toEqual([[1, "summary"]]);
  });

  test("when records are lost though each socket is summed up", () => {
    const losing: SecondOfLoad = { ...busy, lost: 7 };
    const policy = new DetailPolicy({ canCount: true });
    expect(moves(policy, [losing, { ...calm, lost: 7 }, losing])).toEqual([[0, "summary"]]);
    expect(policy.second(losing)).toEqual({ detail: "aggregate", cause: "lost", figure: 7 });
  });

  test("and back by the same way, each after ten seconds", () => {
    const policy = new DetailPolicy({ canCount: true });
    const ebb: SecondOfLoad = { ...calm, changes: 7000 };
    const seconds = [...times(4, flood), ...times(30, ebb), ...times(10, calm)];
    expect(moves(policy, seconds).slice(2)).toEqual([
      [13, "summary"],
      [43, "transitions"],
    ]);
  });
});

describe("at once", () => {
  test("where four thousand come in a quarter of a second, and to counting in a flood", () => {
    const policy = new DetailPolicy({ canCount: true });
    expect(policy.burst(3999)).toBeNull();
    expect(policy.burst(4000)).toMatchObject({ detail: "summary", figure: 16_000 });
    expect(policy.burst(15_999)).toBeNull();
    expect(policy.burst(16_000)).toMatchObject({ detail: "aggregate", figure: 64_000 });
    expect(policy.burst(90_000)).toBeNull();
  });
});

describe("back to all", () => {
  test("after ten calm seconds in a row", () => {
    const policy = new DetailPolicy();
    policy.second({ ...busy, lost: 1 });
    const middling = { ...calm, changes: 2000 };
    expect(moves(policy, [...times(9, calm), middling, ...times(10, calm)])).toEqual([
      [19, "transitions"],
    ]);
  });

  test("not under a load that made it go, nor under a quarter of it", () => {
    const policy = new DetailPolicy();
    expect(moves(policy, [...times(60, busy), ...times(60, { ...busy, changes: 1000 })])).toEqual([
      [1, "summary"],
    ]);
  });

  test("when the probes have been started anew", () => {
    const policy = new DetailPolicy();
    policy.second({ ...busy, lost: 1 });
    policy.reset();
    expect(policy.detail).toBe("transitions");
  });
});
