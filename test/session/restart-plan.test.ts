/** Tries are few, further and further apart, and counted anew once bpftrace has worked. */
import { expect, test } from "vitest";
import { RestartPlan } from "../../src/session/restart-plan.ts";

function waits(plan: RestartPlan): number[] {
  const all: number[] = [];
  for (let wait = plan.next(); wait !== null; wait = plan.next()) all.push(wait);
  return all;
}

test("the first try is at once, the waits grow, and they end", () => {
  const all = waits(new RestartPlan());
  expect(all[0]).toBe(0);
  expect(all).toEqual([...all].sort((a, b) => a - b));
  expect(all.length).toBeLessThan(10);
});

test("deaths one after the other use up the tries; a run that worked gives them back", () => {
  const plan = new RestartPlan([0, 10, 20]);
  expect(plan.next()).toBe(0);
  plan.noteRun(500);
  expect(plan.next()).toBe(10);
  plan.noteRun(90_000);
  expect(waits(plan)).toEqual([0, 10, 20]);
  expect(plan.tries).toBe(4);
});
