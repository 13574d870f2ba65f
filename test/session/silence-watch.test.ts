/** A bpftrace that says nothing for three seconds hangs, unless nobody was listening. */
import { expect, test } from "vitest";
import { SilenceWatch } from "../../src/session/silence-watch.ts";

test("three seconds of ticks without a word are a hang", () => {
  const watch = new SilenceWatch(0);
  for (let ms = 100; ms < 3000; ms += 100) expect(watch.tick(ms), `${ms} ms`).toBe(false);
  expect(watch.tick(3000)).toBe(true);
});

test("any word begins the time anew", () => {
  const watch = new SilenceWatch(0);
  for (let ms = 100; ms <= 2900; ms += 100) watch.tick(ms);
  watch.note(2900);
  for (let ms = 3000; ms < 5900; ms += 100) expect(watch.tick(ms), `${ms} ms`).toBe(false);
  expect(watch.tick(5900)).toBe(true);
});

test("a reader that stood still for a minute has heard nothing, and accuses nobody", () => {
  const watch = new SilenceWatch(0);
  expect(watch.tick(60_000)).toBe(false);
  expect(watch.tick(60_100)).toBe(false);
});

test("a tick that was left out as nothing came is listened to for all of the time before it", () => {
  const watch = new SilenceWatch(0);
  for (let ms = 1000; ms < 3000; ms += 1000) expect(watch.tick(ms, 900), `${ms} ms`).toBe(false);
  expect(watch.tick(3000, 900)).toBe(true);
});

test("and one after it came to rest and was told something, for the time since", () => {
  const watch = new SilenceWatch(0);
  watch.note(900);
  for (let ms = 1000; ms < 3900; ms += 100) expect(watch.tick(ms), `${ms} ms`).toBe(false);
  expect(watch.tick(3900)).toBe(true);
});
