/** What is recorded or printed with --redact names nobody, and tells the same stories. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Trace } from "../../src/core/fold.ts";
import type { RecordingFooter, RecordingHeader } from "../../src/event/recording.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { endpointLine } from "../../src/export/lines.ts";
import { freshRedactor } from "../../src/session/fresh-redactor.ts";
import { readTrace } from "../../src/session/read-trace.ts";
import { redactedView } from "../../src/session/redacted-view.ts";
import { readRecording } from "../../src/store/recording-reader.ts";
import { RotatingWriter } from "../../src/store/rotating-writer.ts";

const DEMO = fileURLToPath(new URL("../recordings/demo.ndjson", import.meta.url));
/** Names of the demonstration: its host, a process, a client's network. */
const NAMES = /shop-frontend|10\.0\.0\.|"comm":"python/;
const ALL = { trace: { maxEnded: 1e6 } };

let directory = "";
let header: RecordingHeader;
let footer: RecordingFooter;
const events: TraceEvent[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "lastack-redacted-"));
  const recording = await readRecording(DEMO);
  header = recording.header;
  for await (const batch of recording.events) events.push(...batch);
  footer = recording.end().footer as RecordingFooter;
  expect(JSON.stringify(events)).toMatch(NAMES);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const outcomesOf = (trace: Trace) =>
  [...trace.endpoints()].map(({ verdict, role, trigger, state, bornAt }) => {
    return { verdict, role, trigger, state, bornAt };
  });

/** A third of the demonstration into each of three files; the directory that they are in. */
async function recordRedacted(name: string, startedAt: string): Promise<string> {
  const into = join(directory, name);
  mkdirSync(into, { recursive: true });
  const own = { ...header, startedAt };
  const writer = await RotatingWriter.start(join(into, "run.ndjson"), own, {
    packs: false,
    carry: () => [],
    footer: () => footer,
    redactor: freshRedactor(),
  });
  for (const [at, event] of events.entries()) {
    writer.write(event);
    if (at > 0 && at % Math.floor(events.length / 3) === 0) await writer.rotate();
  }
  await writer.close(footer);
  return into;
}

test("files that rotate, each of which says so in its header", async () => {
  const into = await recordRedacted("one", header.startedAt);
  const files = readdirSync(into).map((name) => readFileSync(join(into, name), "utf8"));
  expect(files.length).toBeGreaterThan(2);
  for (const [at, text] of files.entries()) {
    expect(text).not.toMatch(NAMES);
    expect(text).not.toContain(header.hostname);
    const first = JSON.parse(text.slice(0, text.indexOf("\n")));
    expect(first).toMatchObject({ redacted: true, part: { number: at + 1 } });
  }
  const [whole, redacted] = [await readTrace(DEMO, ALL), await readTrace(into, ALL)];
  expect(redacted.header.redacted).toBe(true);
  expect(outcomesOf(redacted.trace)).toEqual(outcomesOf(whole.trace));
});

test("runs of two recorders, whose hosts have two names then, are still one recording", async () => {
  await recordRedacted("two", "2026-11-21T05:00:00Z");
  const into = await recordRedacted("two", "2026-11-21T07:00:00Z");
  const { trace } = await readTrace(into, ALL);
  expect(trace.findings().map(({ kind }) => kind)).toContain("incomplete-trace");
});

test("a live trace as lines", async () => {
  const listeners: ((batch: readonly TraceEvent[]) => void)[] = [];
  const session = {
    header,
    onEvents: (listener: (typeof listeners)[0]) => void listeners.push(listener),
  };
  const view = redactedView(session, freshRedactor());
  const told: TraceEvent[] = [];
  view.onEvents((batch) => void told.push(...batch));
  for (const listener of listeners) listener(events);
  expect(told).toHaveLength(events.length);
  const lines = [...view.trace.endpoints()].map((each) =>
    endpointLine(each, view.trace, view.header),
  );
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.join("")).not.toMatch(NAMES);
  expect(lines.join("")).toContain('"comm":"task-');
});
