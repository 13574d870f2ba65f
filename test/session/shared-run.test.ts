import { expect, test } from "vitest";
import { SharedRun } from "../../src/session/shared-run.ts";

/** A task whose runs end when they are told to. */
function heldTask() {
  const runs: { readonly end: () => void; readonly fail: (error: Error) => void }[] = [];
  const task = () =>
    new Promise<void>((end, fail) => {
      runs.push({ end, fail });
    });
  return { runs, shared: new SharedRun(task) };
}

/** Lets what has been resolved run on. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("who asks during a run shares the next one, which begins when that has ended", async () => {
  const { runs, shared } = heldTask();
  const first = shared.ask();
  await turn();
  expect(runs).toHaveLength(1);
  const [second, third] = [shared.ask(), shared.ask()];
  await turn();
  expect(runs).toHaveLength(1);
  runs[0]?.end();
  await first;
  await turn();
  expect(runs).toHaveLength(2);
  runs[1]?.end();
  await Promise.all([second, third]);
  expect(runs).toHaveLength(2);
});

test("a failure is told to those who asked for that run, and the next one runs", async () => {
  const { runs, shared } = heldTask();
  const first = shared.ask();
  await turn();
  const second = shared.ask();
  runs[0]?.fail(new Error("unreadable"));
  await expect(first).rejects.toThrow("unreadable");
  await turn();
  runs[1]?.end();
  await second;
  expect(runs).toHaveLength(2);
});
