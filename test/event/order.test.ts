/** Order within the window, and that what has been ordered once stays as it is. */
import { describe, expect, test } from "vitest";
import { OrderWindow } from "../../src/event/order.ts";
import { type Chance, seeded, shuffled } from "./seeded.ts";

interface Tick {
  readonly t: number;
  readonly id: number;
  readonly late?: true;
}

function order(events: readonly Tick[], windowNs: number, maxHeld?: number): Tick[] {
  const window = new OrderWindow<Tick>(windowNs, maxHeld);
  const out: Tick[] = [];
  for (const event of events) window.push(event, (it) => out.push(it));
  window.flush((it) => out.push(it));
  expect(window.held).toBe(0);
  return out;
}

function ticks(instants: readonly number[]): Tick[] {
  return instants.map((t, id) => ({ t, id }));
}

/** Each event arrives up to `delay` after its instant. */
function delayed(count: number, delay: number, chance: Chance): Tick[] {
  return ticks(
    Array.from({ length: count }, (_, at) => at * 10 - (at * 10 > delay ? chance(delay) : 0)),
  );
}

function byInstant(a: Tick, b: Tick): number {
  return a.t - b.t || a.id - b.id;
}

describe("within the window", () => {
  test.each([1, 2, 3, 4, 5])("random delays come out sorted and stable, seed %i", (seed) => {
    const events = delayed(5000, 900, seeded(seed));
    expect(order(events, 1000)).toEqual([...events].sort(byInstant));
  });

  test.each([1, 2, 3])("any permutation of what fits comes out sorted, seed %i", (seed) => {
    const chance = seeded(seed);
    const events = shuffled(ticks(Array.from({ length: 3000 }, () => chance(500))), chance);
    const arrived = events.map((event, id) => ({ ...event, id }));
    expect(order(arrived, 500)).toEqual([...arrived].sort(byInstant));
  });

  test("ordered input is handed on as it came", () => {
    const events = ticks(Array.from({ length: 100_000 }, (_, at) => Math.floor(at / 3)));
    expect(order(events, 250)).toEqual(events);
  });

  test("reversed input of 100,000 is sorted in no time", () => {
    const events = ticks(Array.from({ length: 100_000 }, (_, at) => 100_000 - at));
    const before = process.cpuUsage();
    const sorted = order(events, 200_000);
    const { user, system } = process.cpuUsage(before);
    expect(sorted).toEqual([...events].sort(byInstant));
    // Of the CPU, not of the clock: the host may be busy with other things.
    expect(user + system).toBeLessThan(5e6);
  });
});

describe("holding back", () => {
  test("lasts until something newer by the window has come, no longer", () => {
    const window = new OrderWindow<Tick>(100);
    const out: number[] = [];
    const sink = (event: Tick): number => out.push(event.t);
    for (const t of [0, 50, 99, 100, 149, 150]) {
      window.push({ t, id: t }, sink);
      expect(out).toEqual([0, 50, 99, 100, 149, 150].filter((it) => it <= t - 100));
    }
    window.advance(260, sink);
    expect(out).toEqual([0, 50, 99, 100, 149, 150]);
    expect(window.held).toBe(0);
  });

  test("is bounded: over the bound the oldest goes", () => {
    const window = new OrderWindow<Tick>(1e9, 10);
    const out: number[] = [];
    for (let t = 30; t > 0; t--) window.push({ t, id: t }, (event) => out.push(event.t));
    expect(window.held).toBeLessThanOrEqual(10);
    expect(out.length + window.held).toBe(30);
  });
});

describe("late events", () => {
  test("are handed on at once and marked", () => {
    const out: Tick[] = [];
    const window = new OrderWindow<Tick>(10);
    for (const t of [0, 100, 120, 95]) window.push({ t, id: t }, (event) => out.push(event));
    expect(out).toEqual([
      { t: 0, id: 0 },
      { t: 100, id: 100 },
      { t: 95, id: 95, late: true },
    ]);
  });

  test("of an instant already handed on are not late", () => {
    expect(order(ticks([0, 100, 200, 100]), 10).map((event) => event.id)).toEqual([0, 1, 3, 2]);
    expect(order(ticks([0, 100, 110, 100]), 10).some((event) => event.late)).toBe(false);
  });

  test.each(Array.from({ length: 30 }, (_, seed) => seed))(
    "pass any other window unchanged, and all else with them, seed %i",
    (seed) => {
      const chance = seeded(seed);
      const events = delayed(2000, 3000, chance).map((event) =>
        chance(50) === 0 ? { ...event, t: event.t - chance(20_000) } : event,
      );
      const live = order(events, 200, 5 + chance(200));
      expect(live.length).toBe(events.length);
      expect(live.some((event) => event.late)).toBe(true);
      for (const windowNs of [0, 50, 200, 5000, 1e9]) {
        expect(order(live, windowNs)).toEqual(live);
        expect(order(live, windowNs, 3)).toEqual(live);
      }
    },
  );
});
