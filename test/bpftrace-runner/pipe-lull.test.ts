/** A signal goes out in the very moment of a reading, or when there is nothing to read. */
import { expect, test } from "vitest";
import { PipeLull } from "../../src/bpftrace-runner/pipe-lull.ts";

test("it calls back from within the next reading, once", () => {
  const lull = new PipeLull();
  let calls = 0;
  lull.note();
  lull.next(() => {
    calls++;
  });
  expect(calls).toBe(0);
  lull.note();
  expect(calls).toBe(1);
  lull.note();
  expect(calls).toBe(1);
});

test("it does not wait for a reading where there is nothing to read", async () => {
  const lull = new PipeLull();
  let calls = 0;
  await new Promise<void>((resolve) => {
    lull.next(() => {
      calls++;
      resolve();
    });
  });
  lull.note();
  expect(calls).toBe(1);
});
