/** That bpftrace is behind is told at once, and once each time. */
import { expect, test } from "vitest";
import { LagWatch } from "../../src/session/lag-watch.ts";

function stage() {
  const lines: string[] = [];
  return { lines, watch: new LagWatch((line) => lines.push(line)) };
}

test("what is a second late is not worth a word, nor what a process finds that stood still", () => {
  const { lines, watch } = stage();
  for (let behind = 0; behind < 1.5e9; behind += 1e7) watch.tick(behind);
  for (let i = 0; i < 4; i++) watch.tick(9e9);
  watch.tick(0);
  for (let i = 0; i < 4; i++) watch.tick(9e9);
  expect(lines).toEqual([]);
});

test("it is told once until bpftrace has caught up, and then again", () => {
  const { lines, watch } = stage();
  for (const behind of [1.6e9, 1.7e9, 1.8e9, 1.9e9, 2.1e9, 5e9, 1e9]) watch.tick(behind);
  for (let i = 0; i < 9; i++) watch.tick(9e9);
  expect(lines).toEqual([expect.stringMatching(/^bpftrace is 2\.1 s behind: /)]);
  watch.tick(0.4e9);
  for (let i = 0; i < 5; i++) watch.tick(3e9);
  expect(lines[1]).toMatch(/^bpftrace is 3\.0 s behind: /);
});

test("a loss is told when it shows, and again only after ten seconds without one", () => {
  const { lines, watch } = stage();
  const lose = (count: number) =>
    watch.take({ type: "gap", t: 2e9, from: 1e9, cause: "lost", count, cpu: 0 });
  const ticks = (count: number) => {
    for (let i = 0; i < count; i++) watch.tick(0);
  };
  watch.take({ type: "gap", t: 2e9, from: 1e9, cause: "skipped", count: 3 });
  expect(lines).toEqual([]);
  lose(157);
  expect(lines).toEqual([expect.stringMatching(/^157 records are lost, /)]);
  for (let i = 0; i < 5; i++) {
    ticks(99);
    lose(9);
  }
  expect(lines).toHaveLength(1);
  ticks(100);
  lose(1);
  expect(lines[1]).toMatch(/^1 record is lost, /);
});
