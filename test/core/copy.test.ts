/** A copy of a trace goes on as the original does, and neither moves the other. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Trace } from "../../src/core/fold.ts";
import type { TraceOptions } from "../../src/core/trace.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { readRecording } from "../../src/store/recording-reader.ts";
import { seeded } from "../event/seeded.ts";
import { copied, everything } from "./everything.ts";
import { mutated, world } from "./world.ts";

function feed(trace: Trace, events: readonly TraceEvent[]): Trace {
  for (const event of events) trace.step(event);
  return trace;
}

/** Copy at a cut, let the original go on first, then the copy; both must come to the same. */
function expectSame(events: readonly TraceEvent[], options: TraceOptions, share: number): void {
  const at = Math.floor(events.length * share);
  const before = events.slice(0, at);
  const after = events.slice(at);
  const original = feed(new Trace(options), before);
  const then = everything(original);
  const copy = copied(original);
  feed(original, after).finish();
  const end = everything(original);
  expect(everything(copy)).toBe(then);
  const second = copied(copy);
  feed(copy, after).finish();
  expect(everything(copy)).toBe(end);
  expect(everything(second)).toBe(then);
  const straight = feed(new Trace(options), events);
  straight.finish();
  expect(end).toBe(everything(straight));
}

const RECORDINGS = fileURLToPath(new URL("../recordings/", import.meta.url));
const NAMES = [
  "demo.ndjson",
  ...["detectors", "scenarios"].flatMap((directory) =>
    readdirSync(RECORDINGS + directory, { recursive: true })
      .map((file) => `${directory}/${file}`)
      .filter((file) => file.includes(".ndjson")),
  ),
].filter((_, i) => i % 2 === 0);

test("at any cut of every second recording", async () => {
  expect(NAMES.length).toBeGreaterThan(50);
  let share = 0;
  for (const name of NAMES) {
    const { header, events, end } = await readRecording(RECORDINGS + name);
    const all: TraceEvent[] = [];
    for await (const batch of events) all.push(...batch);
    expect(end().malformed, name).toBe(0);
    share = (share + 0.37) % 1;
    const { sysctls, probes } = header;
    expectSame(all, { sysctls, seesMiniEnd: probes.includes("time_wait_end") }, share);
  }
}, 180_000);

test.each([{}, { seesMiniEnd: true }, { maxEnded: 5, maxAlive: 8 }])(
  "of a made-up host, with %j, whole and maimed",
  (options) => {
    for (let seed = 1; seed <= 3; seed++) {
      const events = world(seed, 40);
      const chance = seeded(seed);
      expectSame(events, options, (seed % 7) / 7);
      expectSame(
        events.map((event) => mutated(event, chance)),
        options,
        ((seed + 3) % 7) / 7,
      );
    }
  },
);

test("is made in steps, so that a screen can be served between them", () => {
  const trace = feed(new Trace(), world(1, 600));
  const steps = trace.copySteps();
  let count = 0;
  while (!steps.next().done) count++;
  expect(count).toBeGreaterThan(2);
});
