/** Replay at a pace: where it begins, and what is known by then. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Playback } from "../../src/session/playback.ts";
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
  const playback = await Playback.start(path, 1);
  await playback.ended;
  expect(playback.firstNs).toBe(HOUR_NS);
  const [endpoint] = playback.cursor.trace.endpoints();
  expect(endpoint).toMatchObject({ bornAt: 1e9, teardownAt: HOUR_NS + 10e6, role: "active" });
});
