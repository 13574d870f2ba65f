/** The ring keeps the newest events within its bounds and finds them by number and by time. */
import { describe, expect, test, vi } from "vitest";
import { EventRing } from "../../src/store/ring.ts";
import { SAMPLES, transitionAt } from "../event/sample-events.ts";

function filled(count: number, limits = { maxBytes: 1 << 30, maxEvents: 1 << 30 }): EventRing {
  const ring = new EventRing(limits);
  for (let seq = 0; seq < count; seq++) ring.push(transitionAt(seq * 1000, seq));
  return ring;
}

function sequences(ring: EventRing, from: number, limit: number): unknown[] {
  return ring.read(from, limit).map((event) => Reflect.get(event, "seq"));
}

describe("EventRing", () => {
  test("gives every event type back as it was", () => {
    const ring = new EventRing();
    for (const event of SAMPLES) ring.push(event);
    expect(ring.read(0, 100)).toEqual(SAMPLES);
  });

  test("is empty at first", () => {
    const ring = new EventRing();
    expect([ring.size, ring.end, ring.bytes, ring.oldestNs]).toEqual([0, 0, 0, null]);
    expect([ring.read(0, 10), ring.seek(0)]).toEqual([[], 0]);
  });

  test("reads any range, across segments", () => {
    const ring = filled(5000);
    for (const [from, limit] of [
      [0, 1],
      [0, 5000],
      [1020, 10],
      [2047, 2],
      [4990, 100],
      [5000, 5],
    ] as const) {
      const count = Math.min(limit, 5000 - from);
      expect(sequences(ring, from, limit)).toEqual(
        Array.from({ length: count }, (_, at) => from + at),
      );
    }
  });

  test("keeps within the number of events, dropping the oldest and counting them", () => {
    for (const maxEvents of [1, 2, 10, 100, 5000]) {
      const ring = filled(20_000, { maxBytes: 1 << 30, maxEvents });
      expect(ring.size).toBeLessThanOrEqual(maxEvents);
      expect(ring.size).toBeGreaterThanOrEqual(Math.floor(maxEvents * 0.75));
      expect(ring.dropped + ring.size).toBe(20_000);
      expect(sequences(ring, 0, 1)).toEqual(ring.size > 0 ? [ring.oldest] : []);
      expect(sequences(ring, ring.end - 1, 1)).toEqual(ring.size > 0 ? [19_999] : []);
    }
  });

  test("keeps within its bytes", () => {
    const ring = filled(20_000, { maxBytes: 1_000_000, maxEvents: 1 << 30 });
    expect(ring.bytes).toBeLessThanOrEqual(1_000_000);
    expect(ring.bytes).toBeGreaterThan(700_000);
    expect(ring.size * 400).toBeLessThan(1_000_000);
    expect(sequences(ring, ring.oldest, 1)).toEqual([ring.oldest]);
  });

  test("finds an instant", () => {
    const ring = filled(5000);
    for (const seq of [0, 1, 1023, 1024, 2500, 4999]) {
      expect(ring.seek(seq * 1000)).toBe(seq);
      expect(ring.seek(seq * 1000 - 999)).toBe(seq);
    }
    expect([ring.seek(-5), ring.seek(4_999_001)]).toEqual([0, 5000]);
    expect([ring.oldestNs, ring.newestNs]).toEqual([0, 4_999_000]);
  });

  test("is not led astray by late events", () => {
    const ring = new EventRing();
    for (let seq = 0; seq < 5000; seq++) {
      ring.push(
        seq % 1000 === 999
          ? ({ ...transitionAt(5, seq), late: true } as never)
          : transitionAt(seq * 1000, seq),
      );
    }
    expect(ring.seek(3_500_000)).toBe(3500);
    expect(ring.newestNs).toBe(4_998_000);
  });

  test("keeps cursors valid: a dropped one begins at the oldest", () => {
    const ring = filled(10_000, { maxBytes: 1 << 30, maxEvents: 2000 });
    expect(sequences(ring, 17, 3)).toEqual([ring.oldest, ring.oldest + 1, ring.oldest + 2]);
    const cursor = ring.end;
    ring.push(transitionAt(1e9, 77));
    expect(sequences(ring, cursor, 10)).toEqual([77]);
  });

  test("packs what it keeps, and reads it as it was", async () => {
    const ring = filled(20_000);
    const unpacked = ring.bytes;
    await vi.waitFor(() => expect(ring.bytes).toBeLessThan(unpacked / 5));
    for (const from of [0, 1020, 10_239, 19_990]) {
      expect(sequences(ring, from, 10)).toEqual(Array.from({ length: 10 }, (_, at) => from + at));
    }
    expect(ring.seek(7_000_500)).toBe(7001);
  });

  test("forgets what was dropped while it was being packed", async () => {
    const ring = filled(20_000, { maxBytes: 1_000_000, maxEvents: 1 << 30 });
    const kept = ring.oldest;
    await vi.waitFor(() => expect(ring.bytes).toBeLessThan(300_000));
    expect(ring.bytes).toBeGreaterThan(0);
    expect(sequences(ring, 0, 1)).toEqual([kept]);
  });
});
