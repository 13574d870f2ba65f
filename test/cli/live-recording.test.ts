// What the dashboard is asked to keep is what `record` would have written.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { recordLive } from "../../src/cli/live-recording.ts";
import { readTrace } from "../../src/session/read-trace.ts";
import { DemoSession } from "../session/demo-session.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lastack-keep-"));
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

test.each([
  ["one file", {}, /^run\.ndjson$/],
  ["a bounded series", { maxSize: 1 << 24 }, /^run-000001-.*Z\.ndjson$/],
])("all of it is kept in %s", async (_name, bounds, name) => {
  const session = await DemoSession.open();
  const record = join(directory, "run.ndjson");
  const kept = await recordLive(session.asLive(), { record, ...bounds }, () => {});
  await session.deliver(0, session.events.length);
  await kept.close({ type: "footer", t: session.now(), ledger: session.ledger });
  const [file = "", ...others] = readdirSync(directory).filter((each) => !each.endsWith(".idx"));
  expect([file, others]).toEqual([expect.stringMatching(name), []]);
  const { trace } = await readTrace(join(directory, file));
  expect(trace.taken).toBe(session.events.length);
  expect(trace.findings().map(({ id }) => id)).toEqual(
    session.trace.findings().map(({ id }) => id),
  );
  expect(process.stderr.write).toHaveBeenCalledWith(
    `lastack: kept: ${record}, ${session.events.length} events\n`,
  );
});

test("bounds of nothing are refused, and the session is ended", async () => {
  const stop = vi.fn(async () => {});
  const session = Object.assign(await DemoSession.open(), { stop });
  await expect(recordLive(session.asLive(), { maxSize: 1 << 20 }, () => {})).rejects.toThrow(
    /name its file/,
  );
  expect(stop).toHaveBeenCalledOnce();
});
