/** A duration of a month lasts a month. */
import { expect, test } from "vitest";
import { sleepLong } from "../../src/cli/sleep-long.ts";

const LONGEST = 2 ** 31 - 1;

test.each([
  [10, [10]],
  [LONGEST, [LONGEST]],
  [LONGEST + 1, [LONGEST, 1]],
  [30 * 86_400_000, [LONGEST, 30 * 86_400_000 - LONGEST]],
  [0, []],
])("%i ms are waited for in parts that a timer takes", async (ms, parts) => {
  const waited: number[] = [];
  await sleepLong(ms, {}, async (part) => {
    waited.push(part);
  });
  expect(waited).toEqual(parts);
});

test("ends when it is aborted", async () => {
  const abort = new AbortController();
  const waiting = sleepLong(60_000, { signal: abort.signal });
  abort.abort();
  await expect(waiting).rejects.toThrow(/aborted/);
});
