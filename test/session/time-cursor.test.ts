/** Wherever a cursor goes, it shows what folding from the start to there gives. */
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { Trace } from "../../src/core/fold.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { TimeCursor } from "../../src/session/time-cursor.ts";
import { EventRing } from "../../src/store/ring.ts";
import { everything } from "../core/everything.ts";
import { world } from "../core/world.ts";

const EVENTS = world(7, 250);
const LAST = EVENTS.at(-1)?.t ?? 0;
const PATIENCE = { timeout: 60_000 };
const newTrace = () => new Trace();
const FOLLOWING = { speed: Number.POSITIVE_INFINITY, newTrace, copyEvery: 512 };

/** The trace after so many events and at a moment, folded from the start. */
function folded(count: number, t: number): Trace {
  const trace = newTrace();
  for (const event of EVENTS.slice(0, count)) trace.step(event);
  trace.advance(t);
  return trace;
}

function cursorOver(events: readonly TraceEvent[], limits?: { maxBytes: number }) {
  const store = new EventRing({ maxBytes: 1 << 28, maxEvents: 1 << 30, ...limits });
  const cursor = new TimeCursor(store, FOLLOWING);
  for (let at = 0; at < events.length; at += 500) cursor.take(events.slice(at, at + 500));
  return { store, cursor };
}

const arrived = (cursor: TimeCursor, at?: number) =>
  vi.waitFor(() => {
    expect(cursor.progress).toBeNull();
    if (at !== undefined) expect(cursor.trace.taken).toBe(at);
  }, PATIENCE);

/** Strings of megabytes are not worth a diff. */
const isSame = (a: Trace, b: Trace) => everything(a) === everything(b);

describe("a cursor", { timeout: 180_000 }, () => {
  test("follows the newest event", async () => {
    const { cursor, store } = cursorOver(EVENTS);
    await arrived(cursor, EVENTS.length);
    expect([cursor.ahead, cursor.isPaused, cursor.newestNs]).toEqual([0, false, LAST]);
    expect(isSame(cursor.trace, folded(EVENTS.length, LAST))).toBe(true);
    expect(store.size).toBe(EVENTS.length);
    cursor.stop();
  });

  test("stands still at once while events go on, counts them, and goes on at the newest", async () => {
    const half = EVENTS.length >> 1;
    const { cursor } = cursorOver(EVENTS.slice(0, half));
    await arrived(cursor, half);
    cursor.pause();
    const still = everything(cursor.trace);
    cursor.take(EVENTS.slice(half, half + 234));
    expect([cursor.ahead, everything(cursor.trace) === still]).toEqual([234, true]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([cursor.ahead, everything(cursor.trace) === still]).toEqual([234, true]);
    cursor.resume();
    await arrived(cursor, half + 234);
    expect(isSame(cursor.trace, folded(half + 234, cursor.trace.now))).toBe(true);
    cursor.stop();
  });

  test("goes to any moment, back and forth", async () => {
    const { cursor, store } = cursorOver(EVENTS);
    await arrived(cursor, EVENTS.length);
    for (const share of [0.9, 0.2, 0.21, 0.85, 0, 0.5]) {
      const t = Math.floor(LAST * share);
      const at = store.seek(t + 1);
      cursor.seek(t);
      await arrived(cursor, at);
      expect([cursor.trace.now, isSame(cursor.trace, folded(at, t))]).toEqual([t, true]);
    }
    cursor.seek(-5);
    await arrived(cursor, store.seek(1));
    cursor.seek(LAST * 2);
    await arrived(cursor, EVENTS.length);
    cursor.stop();
  });

  test("steps over each event that tells of a connection, back and forth", async () => {
    const { cursor } = cursorOver(EVENTS.slice(0, 700));
    await arrived(cursor, 700);
    const stops: string[] = [];
    for (let i = 0; i < 5; i++) {
      cursor.step(-1);
      await arrived(cursor);
      stops.push(everything(cursor.trace));
      expect(isSame(cursor.trace, folded(cursor.trace.taken, cursor.trace.now))).toBe(true);
    }
    expect(new Set(stops).size).toBe(5);
    for (const stop of stops.slice(0, -1).reverse()) {
      cursor.step(1);
      await arrived(cursor);
      expect(everything(cursor.trace) === stop).toBe(true);
    }
    cursor.stop();
  });

  test("takes several steps at once for as many", async () => {
    const { cursor } = cursorOver(EVENTS);
    await arrived(cursor, EVENTS.length);
    cursor.step(-1);
    await arrived(cursor);
    const { taken } = cursor.trace;
    for (let i = 0; i < 5; i++) cursor.step(-1);
    for (let i = 0; i < 5; i++) cursor.step(1);
    await arrived(cursor, taken);
    cursor.stop();
  });

  test("says from when on there is history where the beginning has been dropped", async () => {
    const store = new EventRing({ maxBytes: 1 << 28, maxEvents: 1500 });
    const cursor = new TimeCursor(store, FOLLOWING);
    for (let at = 0; at < EVENTS.length; at += 300) {
      cursor.take(EVENTS.slice(at, at + 300));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await arrived(cursor, EVENTS.length);
    expect(cursor.isBeginningGone).toBe(true);
    const oldest = cursor.oldestNs ?? 0;
    expect(oldest).toBeGreaterThan(0);
    expect(oldest).toBeLessThan(LAST);
    cursor.seek(0);
    await arrived(cursor);
    expect(cursor.trace.now).toBe(oldest);
    expect(isSame(cursor.trace, folded(cursor.trace.taken, oldest))).toBe(true);
    const t = Math.floor((oldest + LAST) / 2);
    cursor.seek(t);
    await arrived(cursor);
    expect(isSame(cursor.trace, folded(cursor.trace.taken, t))).toBe(true);
    cursor.stop();
  });

  test("is served in turns: a timer is never kept waiting for the whole way", async () => {
    const { cursor } = cursorOver(EVENTS);
    await arrived(cursor, EVENTS.length);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    cursor.seek(LAST / 2);
    await arrived(cursor);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
    cursor.stop();
  });
});

describe("a cursor that plays at a pace", { timeout: 180_000 }, () => {
  test("shows the end, and says so once it has", async () => {
    const store = new EventRing({ maxBytes: 1 << 28, maxEvents: 1 << 30 });
    const cursor = new TimeCursor(store, { speed: 1000, newTrace });
    const some = EVENTS.slice(0, 1000);
    const endNs = (some.at(-1)?.t ?? 0) + 1e9;
    cursor.play(some[0]?.t ?? 0);
    cursor.take(some);
    cursor.finish(endNs);
    await cursor.ended;
    expect([cursor.trace.taken, cursor.trace.now]).toEqual([1000, endNs]);
    cursor.step(-1);
    await arrived(cursor);
    expect(cursor.trace.taken).toBeLessThan(1000);
    cursor.resume();
    await vi.waitFor(() => expect(cursor.trace.taken).toBe(1000), PATIENCE);
    cursor.stop();
  });

  test("stands still, though its store fills and time passes, and goes on from there", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const store = new EventRing({ maxBytes: 1 << 28, maxEvents: 1 << 30 });
    const cursor = new TimeCursor(store, { speed: 1, newTrace });
    cursor.play(0);
    cursor.take(EVENTS);
    cursor.pause();
    const { taken } = cursor.trace;
    const pass = async (ms: number) => {
      vi.advanceTimersByTime(ms);
      for (let turn = 0; turn < 20; turn++) await new Promise((next) => setImmediate(next));
    };
    await pass(5000);
    expect(cursor.trace.taken).toBe(taken);
    expect(cursor.ahead).toBe(EVENTS.length - taken);
    cursor.resume();
    await pass(5000);
    expect(cursor.trace.taken).toBeGreaterThan(taken);
    cursor.stop();
  });
});
