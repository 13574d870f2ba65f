/** HZ from two sources. */
import { expect, test } from "vitest";
import { parseConfigHz, parseTimerListHz } from "../../src/host/tick-rate.ts";

function timerList(hz: number, seconds: number): string {
  const jiffies = 2 ** 32 - 300 * hz + Math.floor(seconds * hz);
  return `Timer List Version: v0.10\nnow at ${seconds * 1e9} nsecs\n\njiffies: ${jiffies}\n`;
}

test("the configuration names it", () => {
  expect(parseConfigHz("CONFIG_HZ_250=y\nCONFIG_HZ=250\n")).toBe(250);
  expect(parseConfigHz("# CONFIG_HZ_250 is not set\n")).toBeNull();
});

test("a captured timer list of 6.18.44 tells 250", () => {
  expect(parseTimerListHz("now at 2393266494562 nsecs\njiffies: 4295490550\n")).toBe(250);
});

test.each([100, 250, 300, 1000])("%d is told before and after the counter wraps", (hz) => {
  expect(parseTimerListHz(timerList(hz, 60))).toBe(hz);
  expect(parseTimerListHz(timerList(hz, 40_000))).toBe(hz);
});

test("where all rates fit, or the list is missing, none is told", () => {
  expect(parseTimerListHz(timerList(250, 300))).toBeNull();
  expect(parseTimerListHz("")).toBeNull();
});
