/** Records are awaited as long as older ones may come, and never for long. */
import { describe, expect, test } from "vitest";
import { ArrivalMark } from "../../src/session/arrival-mark.ts";

/** The marks of so many ticks at one moment. */
function ticks(mark: ArrivalMark, count: number, now: number): number[] {
  return Array.from({ length: count }, () => mark.tick(now));
}

test("what has come is sure after three more ticks without anything older to come", () => {
  const mark = new ArrivalMark();
  mark.note(5e9);
  expect(ticks(mark, 3, 5.1e9).every((until) => until < 5e9)).toBe(true);
  expect(mark.tick(5.4e9)).toBe(5e9);
});

test("how late it came makes no difference", () => {
  const mark = new ArrivalMark();
  ticks(mark, 10, 6e9);
  mark.note(5e9);
  mark.note(4e9);
  expect(ticks(mark, 3, 6.5e9).every((until) => until < 4e9)).toBe(true);
  expect(mark.tick(6.5e9)).toBe(5e9);
});

test("it keeps up with a stream", () => {
  const mark = new ArrivalMark();
  const marks = Array.from({ length: 50 }, (_, i) => {
    mark.note(i * 0.1e9);
    return mark.tick(i * 0.1e9);
  });
  expect(marks.slice(3)).toEqual(Array.from({ length: 47 }, (_, i) => i * 0.1e9));
});

test("nothing is awaited longer than three seconds of ticks, however long they took", () => {
  const mark = new ArrivalMark();
  expect(mark.tick(10e9)).toBe(7e9);
  mark.note(1e9);
  // This process stood still: what it has not read yet may be as old as that.
  expect(ticks(mark, 29, 20e9).at(-1)).toBe(7e9);
  expect(ticks(mark, 31, 23e9).at(-1)).toBe(23e9);
});

describe("it is at rest", () => {
  /** After so many ticks since a heartbeat, and a record of CPU 1 that came `count` times with it. */
  function rested(count: number, after: number): boolean {
    const mark = new ArrivalMark();
    ticks(mark, 40, 5e9);
    for (let i = 0; i < count; i++) mark.note(5e9, 1);
    mark.note(5.1e9);
    ticks(mark, after, 5.2e9);
    return mark.isAtRest;
  }

  test("when what came last is sure and no CPU is awaited", () => {
    expect([1, 2, 3, 4].map((after) => rested(0, after))).toEqual([false, false, false, true]);
    expect(rested(1, 4)).toBe(true);
  });

  test("never while nothing has come, or while what has come is older than is awaited", () => {
    const mark = new ArrivalMark();
    ticks(mark, 40, 5e9);
    expect(mark.isAtRest).toBe(false);
    mark.note(1e9);
    ticks(mark, 4, 5.4e9);
    expect(mark.isAtRest).toBe(false);
  });

  test("and its ticks of the next second then say the same", () => {
    const mark = new ArrivalMark();
    ticks(mark, 40, 5e9);
    mark.note(5.1e9, 0);
    let untilNs = 0;
    let rests = 0;
    for (let now = 5.2e9; now < 12e9; now += 0.1e9) {
      const settled = mark.tick(now);
      if (now <= untilNs) expect(settled).toBe(5.1e9);
      if (!mark.isAtRest) continue;
      untilNs = now + 1e9;
      rests++;
    }
    expect(rests).toBeGreaterThan(5);
  });
});

test("it says how far behind what comes is, and nothing of a CPU of which nothing comes", () => {
  const mark = new ArrivalMark();
  expect(mark.behind(9e9)).toBe(0);
  mark.note(1e9, 0);
  mark.note(8e9, 1);
  mark.note(7e9, 1);
  expect(mark.behind(9e9)).toBe(8e9);
  ticks(mark, 2, 9.2e9);
  mark.note(9.1e9, 1);
  mark.tick(9.3e9);
  expect(mark.behind(9.4e9)).toBeCloseTo(0.3e9);
  ticks(mark, 3, 9.7e9);
  expect(mark.behind(9.7e9)).toBe(0);
});

test("a CPU that is being read holds back what may be said of it, however long that takes", () => {
  const mark = new ArrivalMark();
  ticks(mark, 40, 20e9);
  mark.note(19e9, 0);
  for (let i = 0; i < 40; i++) {
    mark.note(10e9 + i * 0.1e9, 1);
    mark.tick(20e9 + i * 0.1e9);
  }
  expect(mark.readUntil).toBe(13.9e9);
  ticks(mark, 4, 24e9);
  expect(mark.readUntil).toBe(Number.POSITIVE_INFINITY);
});

describe("where another CPU's stream keeps bpftrace from a CPU", () => {
  /** CPU 0 streams on; CPU 1 was heard of at 1 s. */
  function stream(records: number): ArrivalMark {
    const mark = new ArrivalMark();
    mark.note(1e9, 1);
    for (let i = 1; i <= 8; i++) {
      for (let n = 0; n < records; n++) mark.note(1e9 + i * 0.1e9, 0);
      mark.tick(1e9 + i * 0.1e9);
    }
    return mark;
  }

  test("what it has sent since is awaited", () => {
    expect(stream(100).tick(1.9e9)).toBeLessThan(1e9);
  });

  test("until it is read to where the others are", () => {
    const mark = stream(100);
    mark.note(1.2e9, 1);
    expect(ticks(mark, 3, 2e9).every((until) => until < 1.2e9)).toBe(true);
    expect(mark.tick(2e9)).toBe(1.8e9);
  });

  test("or until the kernel's counters say that there is nothing", () => {
    const mark = stream(100);
    mark.complete([0, 1], 1.7e9);
    expect(mark.tick(1.9e9)).toBe(1.6e9);
  });

  test("and bpftrace is as far behind as with that CPU, until the counters say that it is not", () => {
    const mark = stream(100);
    expect(mark.behind(3e9)).toBe(2e9);
    mark.complete([0, 1], 2.9e9);
    expect(mark.behind(3e9)).toBeCloseTo(0.1e9);
  });

  test("until the stream is over: what has not come by then is lost", () => {
    const mark = stream(100);
    for (let i = 0; i < 8; i++) {
      mark.note(2e9 + i * 0.1e9, 0);
      mark.tick(2e9 + i * 0.1e9);
    }
    expect(mark.tick(2.8e9)).toBeGreaterThan(2.3e9);
    expect(mark.behind(2.8e9)).toBeCloseTo(0.1e9);
  });

  test("nothing is awaited of a bpftrace that is gone", () => {
    const mark = stream(100);
    const account = { caughtUp: () => [], sending: () => [] };
    mark.take({ type: "gap", t: 2e9, from: 1e9, cause: "lost", count: 5, cpu: 1 }, account);
    expect(mark.behind(3e9)).toBe(2e9);
    mark.take({ type: "gap", t: 2e9, from: 1e9, cause: "restart", count: null }, account);
    expect(mark.behind(3e9)).toBe(0);
  });

  test("also where nothing had ever come of it, once the kernel's counters name it", () => {
    const mark = new ArrivalMark();
    const account = { caughtUp: () => [0], sending: () => [0, 1] };
    const figures = { counted: 0, received: 0, lost: 0, unparsed: 0, skipped: 0, balanced: true };
    mark.take(
      { type: "heartbeat", t: 0.9e9, wall: "", ...figures },
      { ...account, sending: () => [0] },
    );
    mark.take({ type: "heartbeat", t: 1.9e9, wall: "", ...figures }, account);
    for (let i = 1; i <= 8; i++) {
      for (let n = 0; n < 100; n++) mark.note(1.9e9 + i * 0.1e9, 0);
      mark.tick(1.9e9 + i * 0.1e9);
    }
    expect(mark.behind(2.7e9)).toBeCloseTo(1.8e9);
    expect(mark.tick(2.8e9)).toBeLessThan(0.9e9);
  });

  test("not where there is little to read", () => {
    expect(stream(3).tick(1.9e9)).toBe(1.6e9);
  });
});
