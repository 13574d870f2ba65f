// Frames come at their rate, only when something changed, and never faster than they are read.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createFrameLoop, type FrameLoop } from "../../src/tui/frame.ts";
import type { Painter } from "../../src/tui/painter.ts";

let loop: FrameLoop | null = null;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  loop?.stop();
  vi.useRealTimers();
});

function start(fps?: number) {
  const world = { behind: false, snapshot: { n: 0 }, painted: [] as number[] };
  const made = createFrameLoop({
    terminal: { isBehind: () => world.behind, draw: (paint) => paint(null as unknown as Painter) },
    snapshot: () => world.snapshot,
    paint: (_painter, snapshot) => world.painted.push(snapshot.n),
    ...(fps !== undefined && { fps }),
  });
  loop = made;
  made.start();
  vi.advanceTimersByTime(0);
  return { world, loop: made };
}

describe("createFrameLoop", () => {
  it("draws the first frame at once, and the latest state four times a second", () => {
    const { world } = start();
    expect(world.painted).toEqual([0]);
    for (let n = 1; n <= 100; n++) {
      world.snapshot = { n };
      vi.advanceTimersByTime(10);
    }
    expect(world.painted).toEqual([0, 25, 50, 75, 100]);
  });

  it("draws nothing while the snapshot stays the same", () => {
    const { world, loop } = start(10);
    vi.advanceTimersByTime(1000);
    expect(world.painted).toEqual([0]);
    expect(loop.stats).toMatchObject({ drawn: 1, skippedUnchanged: 10, skippedBehind: 0 });
  });

  it("skips frames while the terminal is behind, and then shows the newest state", () => {
    const { world, loop } = start();
    world.behind = true;
    for (let n = 1; n <= 8; n++) {
      world.snapshot = { n };
      vi.advanceTimersByTime(250);
    }
    expect(world.painted).toEqual([0]);
    expect(loop.stats.skippedBehind).toBe(8);
    world.behind = false;
    vi.advanceTimersByTime(250);
    expect(world.painted).toEqual([0, 8]);
  });

  it("draws soon after a request, though nothing changed, and a flood of requests in one go", () => {
    const { world, loop } = start(0.5);
    vi.advanceTimersByTime(100);
    for (let i = 0; i < 100; i++) loop.request();
    vi.advanceTimersByTime(34);
    expect(world.painted).toEqual([0, 0]);
    loop.request();
    expect(world.painted).toEqual([0, 0]);
    vi.advanceTimersByTime(34);
    expect(world.painted).toEqual([0, 0, 0]);
  });

  it("does not lose a request that comes while the terminal is behind", () => {
    const { world, loop } = start();
    world.behind = true;
    loop.request();
    vi.advanceTimersByTime(500);
    world.behind = false;
    vi.advanceTimersByTime(250);
    expect(world.painted).toEqual([0, 0]);
  });

  it("changes its rate at once, within bounds", () => {
    const { world, loop } = start();
    loop.fps = 10;
    for (let n = 1; n <= 10; n++) {
      world.snapshot = { n };
      vi.advanceTimersByTime(100);
    }
    expect(world.painted).toHaveLength(11);
    loop.fps = 1000;
    expect(loop.fps).toBe(30);
    loop.fps = 0;
    expect(loop.fps).toBe(0.5);
  });

  it("stops, and measures what it spent", () => {
    const { world, loop } = start();
    loop.stop();
    world.snapshot = { n: 1 };
    vi.advanceTimersByTime(5000);
    expect(world.painted).toEqual([0]);
    expect(loop.stats.totalMs).toBeGreaterThanOrEqual(loop.stats.worstMs);
    expect(loop.stats.worstMs).toBeGreaterThanOrEqual(loop.stats.lastMs);
  });
});
