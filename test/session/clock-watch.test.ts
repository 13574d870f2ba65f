/** A clock that is set and a host that sleeps are told of in words; events are dated all the same. */
import { expect, test } from "vitest";
import { RecordingClock } from "../../src/host/clock.ts";
import { ClockWatch } from "../../src/session/clock-watch.ts";

const SECOND = 1_000_000_000n;

/** Clocks that stand still until they are turned. */
async function stage() {
  const host = { mono: 1000n * SECOND, slept: 0n, wall: 1_800_000_000n * SECOND };
  const clock = await RecordingClock.start({
    monotonicNs: () => host.mono,
    uptimeNs: () => host.mono + host.slept,
    wallMs: () => Number(host.wall / 1_000_000n),
  });
  const lines: string[] = [];
  const watch = new ClockWatch(clock, (line) => lines.push(line));
  let nowMs = 0;
  /** A second goes by, with what else happens in it. */
  const second = (slept = 0n, step = 0n) => {
    host.mono += SECOND;
    host.slept += slept;
    host.wall += SECOND + slept + step;
    nowMs += 1000;
    watch.tick(nowMs);
  };
  return { clock, host, lines, second };
}

test("a quiet clock is not worth a word", async () => {
  const { lines, second } = await stage();
  for (let i = 0; i < 100; i++) second();
  expect(lines).toEqual([]);
});

test("a wall clock that is set is told once, and moves no event", async () => {
  const { clock, lines, second } = await stage();
  second();
  const before = clock.now();
  second(0n, -5n * SECOND);
  second();
  expect(lines).toEqual([expect.stringMatching(/^the wall clock was set 5\.0 s back;/)]);
  second(0n, 3600n * SECOND);
  expect(lines[1]).toMatch(/^the wall clock was set 3600\.0 s ahead;/);
  expect(clock.now() - before).toBe(3e9);
  expect(clock.wallAt(clock.now())).toMatch(/^2027-01-15T08:59:59\.0/);
});

test("sleep is told, counts for the ages of events, and is no step of the clock", async () => {
  const { clock, lines, second } = await stage();
  second();
  second(600n * SECOND);
  expect(lines).toEqual([expect.stringMatching(/^this host slept for 600\.0 s;/)]);
  expect(clock.now() / 1e9).toBeCloseTo(602, 1);
});

test("whatever is done to the clocks, time never goes back", async () => {
  const { clock, second } = await stage();
  let last = clock.now();
  for (let i = 0; i < 10_000; i++) {
    second(i % 7 === 0 ? BigInt(i % 90) * SECOND : 0n, (BigInt(i % 13) - 6n) * SECOND);
    expect(clock.now()).toBeGreaterThanOrEqual(last);
    last = clock.now();
  }
});
