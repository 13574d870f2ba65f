/** The pilot counts what comes in, asks when a second is over, and says why when the probes answer. */
import { expect, test } from "vitest";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { DetailPilot } from "../../src/session/detail-pilot.ts";
import { type DetailLimits, DetailPolicy } from "../../src/session/detail-policy.ts";
import { DetailSwitch } from "../../src/session/detail-switch.ts";
import { transitionAt } from "../event/sample-events.ts";

const HOLDS = { holdNs: 6e8, countingNs: 16e8 };
const MARK = { cpu: 0, seq: 9 };

/** One second is over, in which so many records were lost. */
function beat(way: DetailPilot, second: number, lost = 0): void {
  const t = second * 1e9;
  if (lost > 0) way.take({ type: "gap", t, from: t - 1e6, cause: "lost", count: lost, cpu: 0 });
  way.tick(t);
}

function countsAt(t: number, count: number): TraceEvent {
  const group = { netns: 1, side: "in", port: 80, role: "active", verdict: "graceful" } as const;
  return { type: "counts", t, groups: [{ ...group, count, stays: {} }] };
}

function pilot(limits: Partial<DetailLimits> = {}) {
  const asked: number[] = [];
  const way = new DetailSwitch((mask) => {
    asked.push((mask >> 9) & 7);
    return 0o022;
  });
  return { asked, way: new DetailPilot(way, HOLDS, () => null, new DetailPolicy(limits)) };
}

test("asks for less after two busy seconds, and tells why in the answer", () => {
  const { asked, way } = pilot();
  for (let second = 1; second <= 2; second++) {
    beat(way, second);
    for (let i = 0; i < 5000; i++) way.take(transitionAt((second + i / 5000) * 1e9, i));
  }
  expect(asked).toEqual([]);
  beat(way, 3);
  expect(asked).toEqual([2, 2]);
  expect(way.answered("summary", 3.1e9, MARK)).toEqual({
    type: "detail",
    t: 3.1e9,
    ...MARK,
    detail: "summary",
    cause: "changes",
    figure: 5000,
  });
  // Nobody asked: it is the answer to the letting go at the end.
  expect(way.answered("transitions", 4e9, MARK)).toBeNull();
});

test("waits for no second to end where so much comes that records would be lost by then", () => {
  const { asked, way } = pilot();
  beat(way, 1);
  for (let i = 0; i < 3999; i++) way.take(transitionAt(1.5e9 + i, i));
  expect(asked).toEqual([]);
  way.take(transitionAt(1.5e9 + 4000, 4000));
  expect(asked).toEqual([2, 2]);
  const move = { detail: "summary", cause: "changes", figure: 16_000 };
  expect(way.answered("summary", 1.6e9, MARK)).toMatchObject(move);
});

test("lets be counted what ends well where that is most of a flood, and reckons it in", () => {
  const { asked, way } = pilot({ canCount: true });
  beat(way, 1);
  beat(way, 2, 4);
  const flood = (second: number, endpoints: number) => {
    way.take(countsAt(second * 1e9 + 1, endpoints));
    beat(way, second + 1);
  };
  way.answered("summary", 2e9, MARK);
  for (let second = 2; second < 4; second++) flood(second, 6400);
  expect(way.answered("aggregate", 4e9, MARK)).toMatchObject({ cause: "changes", figure: 32_000 });
  for (let second = 4; second < 30; second++) flood(second, 1600);
  expect(asked).toEqual([2, 2, 3, 3]);
  for (let second = 30; second < 40; second++) flood(second, 1599);
  expect(asked).toEqual([2, 2, 3, 3, 2, 2]);
});

test("what comes may be older from when counting is asked for until all that was held has been told", () => {
  const { way } = pilot({ canCount: true });
  expect(way.holdNs(0)).toBe(HOLDS.holdNs);
  beat(way, 1);
  beat(way, 2, 4);
  way.answered("summary", 2.1e9, MARK);
  expect(way.holdNs(2.1e9)).toBe(HOLDS.holdNs);
  for (let i = 0; i < 16_000; i++) way.take(transitionAt(2.2e9 + i, i));
  expect(way.holdNs(2.2e9)).toBe(HOLDS.countingNs);
  way.answered("aggregate", 2.3e9, MARK);
  for (let second = 3; second <= 13; second++) beat(way, second);
  expect(way.holdNs(99e9)).toBe(HOLDS.countingNs);
  expect(way.answered("summary", 13e9, MARK)).toMatchObject({ cause: "calm", figure: 10 });
  expect(way.holdNs(13e9 + HOLDS.countingNs)).toBe(HOLDS.countingNs);
  expect(way.holdNs(13e9 + 2 * HOLDS.countingNs)).toBe(HOLDS.holdNs);
});

test("asks again where the answer was lost", () => {
  const { asked, way } = pilot();
  beat(way, 1);
  beat(way, 2, 4);
  beat(way, 3);
  expect(asked).toEqual([2, 2, 2, 2]);
  expect(way.answered("summary", 3.1e9, MARK)).toMatchObject({ cause: "lost", figure: 4 });
  expect(way.answered("summary", 3.1e9, MARK)).toBeNull();
  beat(way, 4);
  expect(asked).toHaveLength(4);
});

test("asks for nothing any more once the trace ends, whatever is lost then", () => {
  const { asked, way } = pilot();
  beat(way, 1);
  way.rest();
  beat(way, 2, 4);
  expect(asked).toEqual([]);
});

test("what a person asked for is asked again until it is answered", () => {
  const asked: number[] = [];
  const way = new DetailSwitch((mask) => asked.push((mask >> 9) & 7));
  way.remind();
  expect(asked).toEqual([]);
  way.choose("aggregate");
  way.remind();
  expect(asked).toEqual([3, 3, 3, 3]);
  expect(way.answered("aggregate", 1e9, MARK)).toMatchObject({ cause: "asked" });
  way.remind();
  expect(asked).toHaveLength(4);
});

test("asks at once where records are lost", () => {
  const { asked, way } = pilot();
  beat(way, 1);
  beat(way, 2, 4);
  expect(asked).toEqual([2, 2]);
});

test("begins anew with a bpftrace that was started again", () => {
  const { asked, way } = pilot({ canCount: true });
  beat(way, 1);
  beat(way, 2, 4);
  for (let i = 0; i < 16_000; i++) way.take(transitionAt(2.2e9 + i, i));
  way.take({ type: "gap", t: 3e9, from: 2e9, cause: "restart", count: null });
  expect(way.holdNs(3e9 + 2 * HOLDS.countingNs)).toBe(HOLDS.holdNs);
  beat(way, 4, 8);
  expect(asked).toEqual([2, 2, 3, 3, 2, 2]);
});

test("tells a bpftrace that was started again that the socket table has been read", () => {
  const { asked, way } = pilot({ canCount: true });
  const restart = { type: "gap", t: 3e9, from: 2e9, cause: "restart", count: null } as const;
  way.take(restart);
  expect(asked).toEqual([]);
  way.begin();
  expect(asked).toEqual([1, 1]);
  way.take(restart);
  expect(asked).toEqual([1, 1, 1, 1]);
});
