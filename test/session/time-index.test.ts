/** A jump stands where playing through stands, and goes on as the whole does. */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Trace } from "../../src/core/fold.ts";
import type { RecordingHeader } from "../../src/event/recording.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { traceFor } from "../../src/session/read-trace.ts";
import { TimeIndex } from "../../src/session/time-index.ts";
import { withChecksum } from "../../src/store/checksum.ts";
import { readRecording } from "../../src/store/recording-reader.ts";
import { storyOf } from "../core/stories.ts";
import { seeded } from "../event/seeded.ts";

const DEMO = fileURLToPath(new URL("../recordings/demo.ndjson", import.meta.url));
const JUMPS = 12;

let directory = "";
let path = "";
let header: RecordingHeader;
const events: TraceEvent[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "lastack-index-"));
  path = join(directory, "demo.ndjson");
  const lines = readFileSync(DEMO, "utf8").trimEnd().split("\n");
  // With checksums, as a recorder writes it; every hundredth line is an entrance.
  const pieces: Buffer[] = [];
  for (let at = 0; at < lines.length - 1; at += 100) {
    const batch = lines.slice(at, Math.min(at + 100, lines.length - 1));
    pieces.push(withChecksum(`${batch.join("\n")}\n`));
  }
  writeFileSync(path, Buffer.concat([...pieces, Buffer.from(`${lines.at(-1)}\n`)]));
  const recording = await readRecording(path);
  header = recording.header;
  for await (const batch of recording.events) events.push(...batch);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The trace of everything that stands before the first event later than `t`. */
function played(t: number): Trace {
  const trace = traceFor(header, {});
  const end = events.findIndex((event) => event.t > t);
  for (const event of end < 0 ? events : events.slice(0, end)) trace.step(event);
  trace.advance(t);
  return trace;
}

/** What a person sees of a moment. */
function seen(trace: Trace) {
  return {
    now: trace.now,
    living: [...trace.endpoints()]
      .filter(({ endedAt }) => endedAt === null)
      .map((endpoint) => ({ id: endpoint.id, ...storyOf(endpoint, trace) })),
    recent: trace.recent(50).map((endpoint) => ({ id: endpoint.id, ...storyOf(endpoint, trace) })),
    open: trace.findings().filter(({ until }) => until === null),
    series: trace.series(120),
    ledger: trace.ledger(),
    sysctls: trace.sysctls(),
  };
}

describe("a jump", () => {
  test(`to ${JUMPS} moments stands where playing through stands, and goes on alike`, {
    timeout: 300_000,
  }, async () => {
    const index = await TimeIndex.open(path, "test", { spacing: 200 });
    if (index === null) throw new Error("no index");
    const chance = seeded(42);
    const last = events.at(-1)?.t ?? 0;
    for (let round = 0; round < JUMPS; round++) {
      const t = chance(last);
      const jump = index.jump(t);
      expect(seen(jump.trace)).toEqual(seen(played(t)));
      const later = events.findIndex((event) => event.t > t);
      expect(jump.at).toBe(later < 0 ? events.length : later);
      if (round % 4 > 0) continue;
      for await (const batch of jump.rest()) for (const event of batch) jump.trace.step(event);
      expect(seen(jump.trace)).toEqual(seen(played(last)));
    }
    index.close();
  });

  test("before the first event and behind the last one", async () => {
    const index = await TimeIndex.open(path, "test");
    expect(index?.whole.events).toBe(events.length);
    expect([...(index?.jump(0).trace.endpoints() ?? [])]).toEqual([...played(0).endpoints()]);
    expect(index?.jump(1e15).trace.now).toBe(1e15);
    index?.close();
  });
});

describe("the index", () => {
  test("is kept beside the recording for its owner alone, and made again when it does not fit", {
    timeout: 300_000,
  }, async () => {
    const own = join(directory, "own.ndjson");
    copyFileSync(path, own);
    let read = 0;
    const open = async (version: string): Promise<number> => {
      read = 0;
      const index = await TimeIndex.open(own, version, { onEvents: (count) => (read += count) });
      index?.close();
      return read;
    };
    expect(await open("1")).toBe(events.length);
    expect(statSync(`${own}.index`).mode & 0o7777).toBe(0o600);
    expect(await open("1")).toBe(0);
    expect(await open("2")).toBe(events.length);
    writeFileSync(`${own}.index`, "{}\n");
    expect(await open("2")).toBe(events.length);
    rmSync(`${own}.index`);
    expect(await open("2")).toBe(events.length);
    writeFileSync(own, readFileSync(path).subarray(0, 100_000));
    expect(await open("2")).toBeGreaterThan(0);
  });

  test("is not written through a link, and then none is made", async () => {
    const own = join(directory, "linked.ndjson");
    copyFileSync(path, own);
    symlinkSync(join(directory, "victim"), `${own}.index`);
    const told: string[] = [];
    const onUnsaved = (why: string) => told.push(why);
    expect(await TimeIndex.open(own, "test", { onUnsaved })).toBeNull();
    expect(told).toEqual([expect.stringMatching(/what is there is no regular file/)]);
    expect(existsSync(join(directory, "victim"))).toBe(false);
  });

  test("waits for no pipe that stands in its place", async () => {
    const own = join(directory, "piped.ndjson");
    copyFileSync(path, own);
    execFileSync("mkfifo", [`${own}.index`]);
    expect(await TimeIndex.open(own, "test")).toBeNull();
  });

  test("is not made of what cannot be entered in the middle", async () => {
    const { gzipSync } = await import("node:zlib");
    const packed = join(directory, "packed.ndjson.gz");
    writeFileSync(packed, gzipSync(readFileSync(path)));
    expect(await TimeIndex.open(packed, "test")).toBeNull();
    expect(await TimeIndex.open("-", "test")).toBeNull();
  });
});
