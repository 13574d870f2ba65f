/** What looks at the host is run at its intervals by the ticks that it is given. */
import { beforeEach, expect, test, vi } from "vitest";
import { TaskRunner } from "../../src/session/task-runner.ts";

let told: string[];
let tasks: TaskRunner;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  tasks = new TaskRunner((what, error) => told.push(`${what}: ${error}`));
  return () => vi.useRealTimers();
});

/** Let time pass with a tick each so many milliseconds. */
async function pass(ms: number, everyMs: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += everyMs) {
    await vi.advanceTimersByTimeAsync(everyMs);
    tasks.tick(performance.now());
  }
}

test.each([100, 70, 990, 1000])("once a second with a tick each %i ms", async (everyMs) => {
  let count = 0;
  tasks.every(1000, "a thing", async () => void count++);
  await pass(60_000, everyMs);
  expect(Math.abs(count - 60)).toBeLessThanOrEqual(1);
});

test("what was missed is not made up for", async () => {
  let count = 0;
  tasks.every(1000, "a thing", async () => void count++);
  await vi.advanceTimersByTimeAsync(10_000);
  await pass(500, 100);
  expect(count).toBe(1);
});

test("left out while it still runs, the others go on; what fails is told and tried again", async () => {
  let begun = 0;
  let failed = 0;
  let end: () => void = () => {};
  tasks.every(1000, "slow", () => {
    begun++;
    return new Promise<void>((resolve) => {
      end = resolve;
    });
  });
  tasks.every(1000, "failing", async () => {
    failed++;
    throw new Error("no");
  });
  await pass(3000, 100);
  expect([begun, failed, told.length]).toEqual([1, 3, 3]);
  end();
  await pass(1000, 100);
  expect(begun).toBe(2);
  end();
});

test("nothing is begun once it has stopped", async () => {
  let count = 0;
  tasks.every(1000, "a thing", async () => void count++);
  tasks.after(1000, "another", async () => void count++);
  await tasks.stop();
  await pass(3000, 100);
  expect([count, told]).toEqual([0, []]);
});
