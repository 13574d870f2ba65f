/** A slice of many files, and the judgement of them, are those of the one recording that they are. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Carry } from "../../src/core/carry.ts";
import type { Trace } from "../../src/core/fold.ts";
import type { RecordingFooter } from "../../src/event/recording.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { readMoment } from "../../src/session/read-moment.ts";
import { endOf, type ReadTraceOptions, readTrace, traceFor } from "../../src/session/read-trace.ts";
import { sliceRecording } from "../../src/session/slice-recording.ts";
import { readRecording } from "../../src/store/recording-reader.ts";
import { RotatingWriter } from "../../src/store/rotating-writer.ts";
import { findingOf, storiesOf } from "../core/stories.ts";

const DEMO = fileURLToPath(new URL("../recordings/demo.ndjson", import.meta.url));
const ALL = { trace: { maxEnded: 1e6 } };

let directory = "";
let parts = "";
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "lastack-many-files-"));
  parts = mkdtempSync(join(directory, "parts-"));
  const recording = await readRecording(DEMO);
  const events: TraceEvent[] = [];
  for await (const batch of recording.events) events.push(...batch);
  const footer = recording.end().footer as RecordingFooter;
  const carry = new Carry<TraceEvent>(traceFor(recording.header, {}));
  const writer = await RotatingWriter.start(join(parts, "run.ndjson"), recording.header, {
    packs: true,
    carry: () => carry.carried().refs,
    footer: () => footer,
  });
  for (const [at, event] of events.entries()) {
    carry.step(event, event);
    writer.write(event);
    if (at % Math.floor(events.length / 4) === 1) await writer.rotate();
  }
  await writer.close(footer);
  expect(readdirSync(parts).length).toBeGreaterThan(4);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function slice(path: string | readonly string[], name: string) {
  const output = join(directory, name);
  const onProblem = (line: string): never => {
    throw new Error(line);
  };
  const window = { fromNs: 20e9, toNs: 70e9 };
  const wanted = { endpoints: [], findings: [], force: false, onProblem };
  const { endpoints } = await sliceRecording(path, output, { ...window, ...wanted });
  return { endpoints, ...(await readTrace(output, ALL)) };
}

test("a slice over the ends of files", async () => {
  const whole = await slice(DEMO, "of-one.ndjson");
  const cut = await slice(parts, "of-many.ndjson");
  expect(cut.endpoints).toBe(whole.endpoints);
  expect(cut.header.part).toBeUndefined();
  expect(storiesOf(cut.trace)).toEqual(storiesOf(whole.trace));
  const [told, known] = [cut.trace, whole.trace].map((trace) =>
    trace.findings().map((finding) => findingOf(finding, trace)),
  );
  expect(told).toEqual(known);
});

test("a slice that would be written over one of them", async () => {
  const [file = ""] = readdirSync(parts);
  const request = { endpoints: [], findings: [], force: true, onProblem: () => {} };
  await expect(sliceRecording(parts, join(parts, file), request)).rejects.toThrow(
    /is the recording itself; choose another name/,
  );
});

test("a judgement of any moment", async () => {
  for (const at of [15e9, 60e9]) {
    const [one, many] = [await readMoment(DEMO, { at }), await readMoment(parts, { at })];
    expect(many.doubts).toEqual(one.doubts);
    expect(storiesOf(many.trace)).toEqual(storiesOf(one.trace));
  }
});

test("a moment or a window is read from the files that it lies in", async () => {
  const counted = async (options: ReadTraceOptions) => {
    let events = 0;
    const onEvents = (batch: readonly TraceEvent[]) => {
      events += batch.length;
    };
    return { ...(await readTrace(parts, { ...options, onEvents })), events };
  };
  const { events: all } = await counted({});
  let total = 0;
  expect((await endOf(parts)).endNs).toBe((await endOf(DEMO)).endNs);
  for (const at of [3e9, 20e9, 44e9, 61.5e9, 75e9, 89e9]) {
    const { trace, events } = await counted({ since: at, until: at });
    const whole = await readTrace(DEMO, { until: at });
    expect(living(trace), `at ${at}`).toEqual(living(whole.trace));
    total += events;
  }
  // Much is carried in a recording of a minute and a half: TIME_WAIT lasts one.
  expect(total).toBeLessThan(6 * all * 0.7);
});

/** What `states` prints of a moment, and more: whole stories, by name. */
function living(trace: Trace) {
  return [...storiesOf(trace).values()].filter(({ endedAt }) => endedAt === null);
}
