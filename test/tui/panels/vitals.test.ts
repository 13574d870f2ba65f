/** The line on the tracer says how much the kernel hands over, and which load has moved it. */
import { expect, test } from "vitest";
import type { DetailEvent } from "../../../src/event/detail.ts";
import { paintVitals } from "../../../src/tui/panels/vitals.ts";
import { paintGrid } from "../paint.ts";
import { sceneOf } from "./scene.ts";

function line(detail: Partial<DetailEvent> | null): string {
  const base = { type: "detail", t: 0, cpu: 0, seq: 1, detail: "summary" } as const;
  const moved = detail === null ? null : { ...base, cause: "asked", figure: 0, ...detail };
  const scene = sceneOf({ detail: moved as DetailEvent | null });
  return paintGrid(100, 1, (painter) => paintVitals(painter, scene, false)).text();
}

test("before the first move it is the header's", () => {
  expect(line(null)).toMatch(/detail transitions +load/);
});

test.each<[Partial<DetailEvent>, string]>([
  [{ cause: "changes", figure: 4321 }, "detail summary  (4321 changes in a second)"],
  [{ cause: "lost", figure: 7 }, "detail summary  (7 records lost in a second)"],
  [{ cause: "cpu", figure: 42 }, "detail summary  (42% of a CPU for bpftrace)"],
  [{ detail: "transitions", cause: "calm", figure: 10 }, "detail transitions  (10 calm seconds)"],
])("a move is told with what called for it: %j", (moved, words) => {
  expect(line(moved)).toContain(words);
});
