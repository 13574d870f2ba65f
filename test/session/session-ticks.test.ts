/** Ticks are left out while nothing comes, and nothing is known later for it. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ArrivalMark, SURE_AT_TICK } from "../../src/session/arrival-mark.ts";
import { SessionTicks } from "../../src/session/session-ticks.ts";
import { seeded } from "../event/seeded.ts";

let at: number[];
let counts: number[];
let rests: number[];
let isIdle: boolean;
let ticks: SessionTicks;

beforeEach(() => {
  vi.useFakeTimers();
  const began = performance.now();
  at = [];
  counts = [];
  rests = [];
  isIdle = false;
  ticks = new SessionTicks((count, restedMs) => {
    at.push(performance.now() - began);
    counts.push(count);
    rests.push(restedMs);
    return isIdle;
  });
});

afterEach(() => {
  ticks.stop();
  vi.useRealTimers();
});

/** Come to rest with the tick at 100 ms. */
function rest(): void {
  ticks.wake();
  isIdle = true;
  vi.advanceTimersByTime(100);
  isIdle = false;
}

test("ten times a second while there is something to do", () => {
  vi.advanceTimersByTime(500);
  ticks.wake();
  vi.advanceTimersByTime(500);
  expect(at).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
  expect([...new Set([...counts, ...rests])]).toEqual([1, 0]);
});

test("not at all when idle, until something comes, and then at the moments of before", () => {
  rest();
  vi.advanceTimersByTime(540);
  expect([ticks.wake(), ticks.wake()]).toEqual([5, 0]);
  vi.advanceTimersByTime(200);
  expect(at).toEqual([100, 700, 800]);
  expect([counts, rests]).toEqual([
    [1, 1, 1],
    [0, 0, 0],
  ]);
});

describe("what is to be looked at some ticks later", () => {
  beforeEach(() => {
    rest();
    vi.advanceTimersByTime(540);
    expect(ticks.wake(4)).toBe(5);
  });

  test("is then, by one tick that counts for all of them", () => {
    vi.advanceTimersByTime(460);
    expect(at).toEqual([100, 1000, 1100]);
    expect([counts, rests]).toEqual([
      [1, 4, 1],
      [0, 300, 0],
    ]);
  });

  test("by every tick from where something else comes", () => {
    vi.advanceTimersByTime(160);
    expect([ticks.wake(4), ticks.wake()]).toEqual([2, 0]);
    vi.advanceTimersByTime(200);
    expect(at).toEqual([100, 900, 1000]);
    expect(counts).toEqual([1, 1, 1]);
  });

  test("by a tick that counts for itself where this process stood still", () => {
    vi.setSystemTime(Date.now());
    const later = performance.now() + 5000;
    vi.spyOn(performance, "now").mockImplementation(() => later);
    vi.advanceTimersByTime(400);
    expect(counts).toEqual([1, 1]);
  });
});

test("a rest in vain ends after a second, says so, and is not followed by another", () => {
  ticks.wake();
  isIdle = true;
  vi.advanceTimersByTime(1300);
  expect(at).toEqual([100, 1100, 1200, 1300]);
  expect([counts, rests]).toEqual([
    [1, 1, 1, 1],
    [0, 900, 0, 0],
  ]);
  ticks.wake();
  vi.advanceTimersByTime(900);
  expect(at.slice(4)).toEqual([1400]);
});

test("where nothing has come yet it does not rest", () => {
  isIdle = true;
  vi.advanceTimersByTime(300);
  expect(at).toEqual([100, 200, 300]);
});

test("nothing ticks once it has been stopped, whatever comes", () => {
  rest();
  ticks.stop();
  ticks.wake();
  vi.advanceTimersByTime(5000);
  expect(at).toEqual([100]);
});

test("a tick may stop it", () => {
  let count = 0;
  const stopping: SessionTicks = new SessionTicks(() => {
    count++;
    stopping.stop();
    return false;
  });
  vi.advanceTimersByTime(500);
  expect(count).toBe(1);
});

test.each([1, 2, 3, 4, 5])("what comes is sure as soon as with every tick (seed %i)", (seed) => {
  const chance = seeded(seed);
  const every = new ArrivalMark();
  const some = new ArrivalMark();
  let settledOfEvery = 0;
  let settledOfSome = 0;
  let called = 0;
  const timer = setInterval(() => {
    settledOfEvery = every.tick(performance.now() * 1e6);
  }, 100);
  const resting = new SessionTicks((count) => {
    settledOfSome = some.tick(performance.now() * 1e6, count);
    called++;
    return some.isAtRest;
  });
  let burst = 0;
  let beats = 0;
  for (let ms = 1; ms < 60_000; ms++) {
    // One that is missing is worth a rest in vain; of two nobody knows any more what is to come.
    const isBeat = ms % 1000 === 337 && (beats++ % 2 === 0 || chance(10) > 0);
    if (chance(4000) === 0) burst = chance(600);
    const isRecord = burst-- > 0 && chance(20) === 0;
    if (isBeat || isRecord) {
      some.pass(resting.wake(isBeat ? SURE_AT_TICK : 1));
      const t = (performance.now() - chance(30)) * 1e6;
      const cpu = isRecord ? chance(4) : undefined;
      for (const mark of [every, some]) mark.note(t, cpu);
    }
    vi.advanceTimersByTime(1);
    expect(settledOfSome, `at ${ms} ms`).toBe(settledOfEvery);
  }
  clearInterval(timer);
  resting.stop();
  expect(called).toBeLessThan(400);
});
