/** How long work may go on at a time, by how long the event loop is kept by others. */
import { expect, test } from "vitest";
import { TimeSlice } from "../../src/host/time-slice.ts";

test.each([
  ["the least where nobody else has anything to do", 0, 1],
  ["a quarter of a long turn", 80, 20],
  ["no more than a person would notice", 4000, 25],
])("%s", async (_, turnMs, budgetMs) => {
  let t = 0;
  const slice = new TimeSlice(1, () => t);
  t = 0.9;
  expect(slice.isSpent()).toBe(false);
  t = 1;
  expect(slice.isSpent()).toBe(true);
  setImmediate(() => {
    t += turnMs;
  });
  await slice.renew();
  t = 1 + turnMs + budgetMs - 0.1;
  expect(slice.isSpent()).toBe(false);
  t = 1 + turnMs + budgetMs;
  expect(slice.isSpent()).toBe(true);
});
