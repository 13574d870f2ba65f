/** Recording for weeks: each file replays alone, all of them as the whole; a finding saves. */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Trace } from "../../src/core/fold.ts";
import { FlightRecorder } from "../../src/session/flight-recorder.ts";
import { readTrace } from "../../src/session/read-trace.ts";
import { recordParts } from "../../src/session/record-parts.ts";
import { nameOf, storiesOf, storyOf } from "../core/stories.ts";
import { DEMO, DemoSession } from "./demo-session.ts";

let directory = "";
let round = 0;
let whole: Trace;

beforeAll(async () => {
  whole = (await readTrace(DEMO)).trace;
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), `lastack-recorders-${round++}-`));
});
afterAll(() => {
  for (const name of readdirSync(tmpdir())) {
    if (name.startsWith("lastack-recorders-")) rmSync(join(tmpdir(), name), { recursive: true });
  }
});

/** Who lives in a trace, with all that is told of them but their number in it. */
function living(trace: Trace): Map<string, unknown> {
  const alive = [...trace.endpoints()].filter(({ endedAt }) => endedAt === null);
  return new Map(alive.map((endpoint) => [nameOf(endpoint), storyOf(endpoint, trace)]));
}

describe("files that rotate", () => {
  test("replay as the whole together, and each alone tells of all that live at its end", {
    timeout: 300_000,
  }, async () => {
    const session = await DemoSession.open();
    const recording = await recordParts(session.asLive(), join(directory, "run.ndjson"), {
      packs: true,
      onProblem: (line) => expect.fail(line),
    });
    const count = session.events.length;
    const steps = 6;
    const ends: Map<string, unknown>[] = [];
    for (let step = 0; step < steps; step++) {
      const at = (part: number) => Math.floor((count * part) / steps);
      await session.deliver(at(step), at(step + 1));
      ends.push(living(session.trace));
      if (step < steps - 1) await recording.save();
    }
    await recording.close({ type: "footer", t: session.now(), ledger: session.ledger });
    const all = await readTrace(directory);
    expect(all.end.closedCleanly).toBe(true);
    const { trace } = await readTrace(DEMO);
    expect(storiesOf(all.trace)).toEqual(storiesOf(trace));
    expect(all.trace.findings()).toEqual(trace.findings());
    for (const [part, name] of readdirSync(directory).entries()) {
      const alone = await readTrace(join(directory, name), { until: Number.POSITIVE_INFINITY });
      const expected = ends[part] ?? new Map();
      expect([...living(alone.trace).keys()].sort()).toEqual([...expected.keys()].sort());
    }
  });
});

describe("the flight recorder", () => {
  test("saves what was before and after a finding, and who lived then", {
    timeout: 300_000,
  }, async () => {
    const session = await DemoSession.open();
    const saved: string[] = [];
    const recorder = new FlightRecorder(session.asLive(), join(directory, "leak.ndjson"), {
      kinds: ["stuck-last-ack"],
      beforeMs: 10_000,
      afterMs: 5000,
      packs: false,
      onSaved: (path) => saved.push(path),
      onProblem: (line) => expect.fail(line),
    });
    session.onEvents((events) => recorder.take(events));
    await session.deliver(0, session.events.length);
    const end = await recorder.close({ type: "footer", t: session.now(), ledger: session.ledger });
    const [path = ""] = saved;
    expect(saved.length).toBe(1);
    expect(path).toMatch(/leak-000001-\d{8}T\d{6}Z-stuck-last-ack\.ndjson$/);
    expect(statSync(path).mode & 0o7777).toBe(0o600);
    const read = await readTrace(path);
    expect([read.end.closedCleanly, end.dropped]).toEqual([true, 0]);
    const finding = whole.findings().find(({ kind }) => kind === "stuck-last-ack");
    const found = read.trace.findings().find(({ kind }) => kind === "stuck-last-ack");
    expect(found?.since).toBe(finding?.since);
    // It fires some seconds after the wait began; kept is what the ring held of the time before.
    const from = read.header.part?.from ?? 0;
    const firedNs = read.endNs - 5e9;
    expect((firedNs - from) / 1e9).toBeGreaterThan(8);
    expect((firedNs - from) / 1e9).toBeLessThan(12);
    const then = (await readTrace(DEMO, { until: read.endNs })).trace;
    expect([...living(read.trace).keys()].sort()).toEqual([...living(then).keys()].sort());
  });

  test("saves on demand, goes on where it is saving already, and ends what is under way", {
    timeout: 300_000,
  }, async () => {
    const session = await DemoSession.open();
    const saved: string[] = [];
    const recorder = new FlightRecorder(session.asLive(), join(directory, "run.ndjson"), {
      kinds: [],
      beforeMs: 3_600_000,
      afterMs: 3_600_000,
      packs: true,
      onSaved: (path) => saved.push(path),
      onProblem: (line) => expect.fail(line),
    });
    session.onEvents((events) => recorder.take(events));
    await session.deliver(0, 1000);
    const path = await recorder.save();
    expect(await recorder.save()).toBe(path);
    await session.deliver(1000, session.events.length);
    await recorder.close({ type: "footer", t: session.now(), ledger: session.ledger });
    expect(saved).toEqual([`${path}.gz`]);
    const read = await readTrace(`${path}.gz`);
    expect(storiesOf(read.trace)).toEqual(storiesOf(whole));
  });
});
