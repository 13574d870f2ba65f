/** That bpftrace is behind is told at once, and once each time. */
import { expect, test } from "vitest";
import { LagWatch } from "../../src/session/lag-watch.ts";

function stage() {
  const lines: string[] = [];
  return { lines, watch: new LagWatch((line) => lines.push(line)) };
}

test("what is under two seconds late is not worth a word", () => {
  const { lines, watch } = stage();
  for (let behind = 0; behind < 2e9; behind += 1e8) watch.tick(behind);
  expect(lines).toEqual([]);
});

test("it is told once until bpftrace has caught up, and then again", () => {
  const { lines, watch } = stage();
  for (const behind of [2.1e9, 5e9, 1e9, 9e9]) watch.tick(behind);
  expect(lines).toEqual([expect.stringMatching(/^bpftrace is 2\.1 s behind: /)]);
  watch.tick(0.4e9);
  watch.tick(3e9);
  expect(lines[1]).toMatch(/^bpftrace is 3\.0 s behind: /);
});
