/** Replay at a pace: where it begins, and what is known by then. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { Trace } from "../../src/core/fold.ts";
import { Playback } from "../../src/session/playback.ts";
import { readTrace } from "../../src/session/read-trace.ts";
import { TimeCursor } from "../../src/session/time-cursor.ts";
import { TimeIndex } from "../../src/session/time-index.ts";
import { EventRing } from "../../src/store/ring.ts";
import { storiesOf } from "../core/stories.ts";
import { Story, sock } from "../core/story.ts";
import { FOOTER, HEADER } from "../event/sample-events.ts";

const directory = mkdtempSync(join(tmpdir(), "lastack-playback-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const HOUR_NS = 3600e9;

test("a slice begins where it was cut, with the stories from before", async () => {
  const socket = sock();
  const story = new Story().at(1000).connect(socket).at(3_600_010).closeFirst(socket);
  const of = { to: 2 * HOUR_NS, events: 100, closedCleanly: true };
  const slice = { from: HOUR_NS, to: HOUR_NS + 1e9, of };
  const lines = [{ ...HEADER, slice }, ...story.events, { ...FOOTER, t: HOUR_NS + 1e9 }];
  const path = join(directory, "slice.ndjson");
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  // At real time: whoever waits from its first event on waits for an hour.
  const playback = await Playback.start(path, { speed: 1 });
  await playback.ended;
  expect(playback.firstNs).toBe(HOUR_NS);
  const [endpoint] = playback.cursor.trace.endpoints();
  expect(endpoint).toMatchObject({ bornAt: 1e9, teardownAt: HOUR_NS + 10e6, role: "active" });
});

describe("from a moment in the middle", () => {
  const story = new Story();
  for (let second = 0; second < 60; second++) {
    const socket = sock();
    story
      .at(second * 1000)
      .connect(socket)
      .at(second * 1000 + 400)
      .closeFirst(socket);
  }
  const { events } = story;
  const path = join(directory, "minute.ndjson");
  const lines = [HEADER, ...events, { ...FOOTER, t: 60e9 }];
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));

  /** The trace of everything until a moment. */
  const folded = async (until: number) => (await readTrace(path, { until })).trace;

  test("it shows what was before at once, and plays on", async () => {
    const playback = await Playback.start(path, { speed: 100, fromNs: 30e9 });
    const isThere = () => expect(playback.cursor.trace.now).toBeGreaterThanOrEqual(30e9);
    await vi.waitFor(isThere, { timeout: 60_000 });
    await playback.ended;
    expect(storiesOf(playback.cursor.trace)).toEqual(storiesOf(await folded(60e9)));
  });

  test("with an index every moment can be shown before anything has been read", async () => {
    const index = (await TimeIndex.open(path, "test", { spacing: 20 })) as TimeIndex;
    const cursor = new TimeCursor(new EventRing(), {
      speed: 1,
      newTrace: () => new Trace(),
      ahead: { lastNs: index.whole.lastNs, enter: (t) => index.jump(t) },
    });
    expect(cursor.newestNs).toBe(60e9);
    for (const t of [55e9, 40.5e9, 5.2e9]) {
      cursor.seek(t);
      expect([cursor.trace.now, cursor.progress, cursor.ahead]).toEqual([t, null, 0]);
      const living = (trace: Trace) =>
        [...trace.endpoints()].filter(({ endedAt }) => endedAt === null).map(({ id }) => id);
      expect(living(cursor.trace)).toEqual(living(await folded(t)));
    }
    cursor.stop();
    index.close();
  });

  test("it goes on from there when the reading has come so far", async () => {
    const index = await TimeIndex.open(path, "test", { spacing: 20 });
    const playback = await Playback.start(path, { speed: 100, fromNs: 50e9, index });
    await playback.ended;
    const { trace } = playback.cursor;
    expect(trace.now).toBe(60e9);
    const last = (await folded(60e9)).recent(5).map(({ id, verdict }) => ({ id, verdict }));
    expect(trace.recent(5).map(({ id, verdict }) => ({ id, verdict }))).toEqual(last);
    index?.close();
  });
});
