/** The recording's clock over clocks that are turned, stopped and set. */
import { expect, test } from "vitest";
import { RecordingClock } from "../../src/host/clock.ts";
import { bestBootOffset, intersect, jumpBetween, offsetOf } from "../../src/host/clock-offset.ts";
import { type HostClocks, parseTimeOffset, parseUptime } from "../../src/host/host-clocks.ts";

const SECOND = 1_000_000_000n;
const MS = 1_000_000n;

/** Clocks that advance by some microseconds at each look, like a busy host's. */
class FakeClocks implements HostClocks {
  monotonic: bigint;
  slept: bigint;
  wall = 1_800_000_000n * SECOND;
  #seed: number;

  constructor(seed: number, slept = 0n, monotonic = 12_345n * SECOND) {
    this.#seed = seed;
    this.slept = slept;
    this.monotonic = monotonic;
  }

  #pass(): void {
    this.#seed = (Math.imul(this.#seed, 1_103_515_245) + 12_345) >>> 0;
    this.advance(BigInt(5_000 + (this.#seed % 30_000)));
  }

  advance(ns: bigint): void {
    this.monotonic += ns;
    this.wall += ns;
  }

  suspend(ns: bigint): void {
    this.slept += ns;
    this.wall += ns;
  }

  get boot(): bigint {
    return this.monotonic + this.slept;
  }

  monotonicNs(): bigint {
    this.#pass();
    return this.monotonic;
  }

  wallMs(): number {
    this.#pass();
    return Number(this.wall / MS);
  }

  uptimeNs(): bigint {
    this.#pass();
    return (this.boot / (10n * MS)) * 10n * MS;
  }
}

function distance(a: bigint, b: bigint): number {
  return Math.abs(Number(a - b));
}

test("on a host that never slept, t counts on the kernel's clock exactly", async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const clocks = new FakeClocks(seed);
    const clock = await RecordingClock.start(clocks);
    expect(clock.uncertaintyNs()).toBe(0);
    const t = clock.now();
    expect(t).toBe(clock.toRecording(clocks.boot));
  }
});

test("after sleep the start is found to a tenth of a millisecond, beyond 2^53 ns too", async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const clocks = new FakeClocks(seed, 7_654_321n * MS, 400n * 86_400n * SECOND);
    const clock = await RecordingClock.start(clocks);
    const t = clock.now();
    expect(distance(clock.startBootNs + BigInt(t), clocks.boot)).toBeLessThan(100_000);
    expect(clock.uncertaintyNs()).toBeLessThanOrEqual(50_000);
  }
});

test("the wall clock at the start is told to the tenth of a millisecond, and for any t", async () => {
  const clocks = new FakeClocks(3);
  const before = clocks.wall;
  const clock = await RecordingClock.start(clocks);
  expect(clock.startedAt).toMatch(/^2027-01-15T08:00:00\.\d{9}Z$/);
  clocks.advance(90n * SECOND);
  expect(clock.wallAt(clock.now()).slice(0, 22)).toBe(
    new Date(Number(clocks.wall / MS)).toISOString().slice(0, 22),
  );
  expect(before).toBeLessThan(clocks.wall);
});

test("a quiet hour has no changes", async () => {
  const clocks = new FakeClocks(5);
  const clock = await RecordingClock.start(clocks);
  for (let i = 0; i < 3600; i += 1) {
    clocks.advance(SECOND);
    expect(clock.check()).toEqual([]);
  }
});

test.each([3n * SECOND, 60n * MS, -60n * MS, -3600n * SECOND])(
  "the wall clock set by %d ns is one step, and t goes on",
  async (by) => {
    const clocks = new FakeClocks(7);
    const clock = await RecordingClock.start(clocks);
    const before = clock.now();
    clocks.wall += by;
    const changes = clock.check();
    expect(changes).toEqual([{ t: expect.any(Number), kind: "step", byNs: expect.any(Number) }]);
    expect(Math.abs((changes[0]?.byNs ?? 0) - Number(by))).toBeLessThan(2_000_000);
    expect(clock.now() - before).toBeLessThan(1_000_000);
    expect(clock.check()).toEqual([]);
  },
);

test("a small step is followed without a word", async () => {
  const clocks = new FakeClocks(9);
  const clock = await RecordingClock.start(clocks);
  clocks.wall += 40n * MS;
  expect(clock.check()).toEqual([]);
  const shown = Date.parse(clock.wallAt(clock.now()));
  expect(Math.abs(shown - Number(clocks.wall / MS))).toBeLessThan(3);
});

test("sleep is one suspend, no step, and t counts it", async () => {
  const clocks = new FakeClocks(11);
  const clock = await RecordingClock.start(clocks);
  const before = clock.now();
  clocks.suspend(5n * SECOND);
  const changes = clock.check();
  expect(changes.map(({ kind }) => kind)).toEqual(["suspend"]);
  expect(Math.abs((changes[0]?.byNs ?? 0) - 5e9)).toBeLessThan(11_000_000);
  expect(Math.abs(clock.now() - before - 5e9)).toBeLessThan(11_000_000);
  clock.observe(clocks.boot);
  const t = clock.now();
  expect(distance(clock.startBootNs + BigInt(t), clocks.boot)).toBeLessThanOrEqual(
    clock.uncertaintyNs() + 1,
  );
});

test("a reading of the kernel's clock proves sleep before /proc/uptime was asked again", async () => {
  const clocks = new FakeClocks(13);
  const clock = await RecordingClock.start(clocks);
  clocks.suspend(5n * SECOND);
  clock.observe(clocks.boot);
  expect(Math.abs(clock.now() - clock.toRecording(clocks.boot))).toBeLessThan(11_000_000);
  expect(clock.check().map(({ kind }) => kind)).toEqual(["suspend"]);
  expect(clock.check()).toEqual([]);
});

test("through 10,000 steps and sleeps t never goes back", async () => {
  const clocks = new FakeClocks(17);
  const clock = await RecordingClock.start(clocks);
  let last = clock.now();
  for (let i = 0; i < 10_000; i += 1) {
    if (i % 3 === 0) clocks.suspend(BigInt((i * 7919) % 4_000_000_000));
    if (i % 3 === 1) clocks.wall += BigInt(((i * 104_729) % 4_000_000_000) - 2_000_000_000);
    if (i % 5 === 0) clock.check();
    if (i % 7 === 0) clock.observe(clocks.boot - 50_000n);
    const t = clock.now();
    expect(t).toBeGreaterThanOrEqual(last);
    last = t;
  }
  clock.check();
  expect(Math.abs(clock.now() - clock.toRecording(clocks.boot))).toBeLessThan(11_000_000);
});

test("ranges", () => {
  const reading = { before: 100n, value: 1000n, grain: 10n, after: 103n };
  expect(offsetOf(reading)).toEqual({ low: 897n, high: 910n });
  expect(intersect({ low: 0n, high: 5n }, { low: 3n, high: 9n })).toEqual({ low: 3n, high: 5n });
  expect(intersect({ low: 0n, high: 2n }, { low: 3n, high: 9n })).toBeNull();
  expect(jumpBetween({ low: 0n, high: 2n }, { low: 3n, high: 9n })).toBe(1n);
  expect(jumpBetween({ low: 3n, high: 9n }, { low: 0n, high: 2n })).toBe(-1n);
  expect(bestBootOffset({ low: -300n, high: 100n })).toBe(0n);
  expect(bestBootOffset({ low: 100n, high: 300n })).toBe(200n);
});

test("uptime and time namespaces", () => {
  expect(parseUptime("2359.41 4668.70\n")).toBe(2_359_410_000_000n);
  const offsets = "monotonic           0         0\nboottime      -86400  500000000\n";
  expect(parseTimeOffset(offsets, "boottime")).toBe(-86_399_500_000_000n);
  expect(parseTimeOffset(offsets, "monotonic")).toBe(0n);
  expect(parseTimeOffset("", "boottime")).toBe(0n);
});
