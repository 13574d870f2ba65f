/** Recordings from files, pipes and gzip; what cannot be read says why in one line. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { RecordingError } from "../../src/store/recording-error.ts";
import { readRecording } from "../../src/store/recording-reader.ts";
import type { ReadEnd } from "../../src/store/recording-scanner.ts";
import { HEADER, recordingText } from "../event/sample-events.ts";
import { openOn } from "./open-files.ts";
import { scan } from "./scan.ts";
import { scratch } from "./scratch.ts";

const files = scratch();
const text = recordingText(3000);
const expected = scan(text);

async function readAll(path: string): Promise<{ events: TraceEvent[]; end: ReadEnd }> {
  const recording = await readRecording(path);
  expect(recording.header).toEqual(HEADER);
  const events: TraceEvent[] = [];
  for await (const batch of recording.events) {
    expect(batch.length).toBeGreaterThan(0);
    events.push(...batch);
  }
  return { events, end: recording.end() };
}

async function refusal(path: string): Promise<RecordingError> {
  const error = await readAll(path).catch((reason: unknown) => reason);
  if (!(error instanceof RecordingError)) throw error;
  expect(error.message).not.toContain("\n");
  return error;
}

describe("readRecording", () => {
  test("reads a file", async () => {
    expect(await readAll(files.put("plain.ndjson", text))).toEqual(expected);
  });

  test("reads a header and nothing else", async () => {
    const { events, end } = await readAll(files.put("head.ndjson", recordingText(0)));
    expect([events.length, end.closedCleanly]).toEqual([0, true]);
  });

  test("reads through a symbolic link and from a named pipe", async () => {
    files.put("target.ndjson", text);
    symlinkSync(files.path("target.ndjson"), files.path("link.ndjson"));
    expect(await readAll(files.path("link.ndjson"))).toEqual(expected);
    execFileSync("mkfifo", [files.path("fifo")]);
    const writing = import("node:fs/promises").then((fs) => fs.writeFile(files.path("fifo"), text));
    expect(await readAll(files.path("fifo"))).toEqual(expected);
    await writing;
  });

  test("leaves no descriptor open, read to the end, in part or not at all", async () => {
    const path = files.put("fds.ndjson", recordingText(20_000));
    await readAll(path);
    const partly = await readRecording(path);
    for await (const _ of partly.events) break;
    const unread = await readRecording(path);
    expect(openOn(path)).toBeGreaterThan(0);
    await unread.close();
    await readRecording(files.put("bad.ndjson", "{}\n")).catch(() => {});
    await expect.poll(() => openOn(path) + openOn(files.path("bad.ndjson"))).toBe(0);
  });

  test("ends early and quietly when told to", async () => {
    const stop = new AbortController();
    const path = files.put("long.ndjson", recordingText(20_000));
    const recording = await readRecording(path, { signal: stop.signal });
    let count = 0;
    for await (const batch of recording.events) {
      count += batch.length;
      stop.abort();
    }
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(20_000);
    expect(recording.end().closedCleanly).toBe(false);
  });
});

describe("gzip", () => {
  test("is known by its bytes, under any name", async () => {
    expect(await readAll(files.put("packed.ndjson.gz", gzipSync(text)))).toEqual(expected);
    expect(await readAll(files.put("packed.ndjson", gzipSync(text)))).toEqual(expected);
    expect(await readAll(files.put("unpacked.gz", text))).toEqual(expected);
  });

  test("of several members is one recording", async () => {
    const cut = text.indexOf("\n", text.length / 2) + 1;
    const members = [gzipSync(text.slice(0, cut)), gzipSync(text.slice(cut))];
    expect(await readAll(files.put("members.gz", Buffer.concat(members)))).toEqual(expected);
  });

  test("that ends early gives what was packed before", async () => {
    const lines = text.split("\n").slice(0, -1);
    const members = lines.map((it) => gzipSync(`${it}\n`, { level: 1 }));
    const [last = Buffer.alloc(0)] = members.splice(200).slice(0, 1);
    const whole = Buffer.concat(members);
    for (const extra of [0, 1, 5, 10, 11, 40, last.length - 9, last.length - 1]) {
      const path = files.put("torn.gz", Buffer.concat([whole, last.subarray(0, extra)]));
      const { events, end } = await readAll(path);
      expect(events.slice(0, 199)).toEqual(expected.events.slice(0, 199));
      expect(end.closedCleanly).toBe(false);
      await turn();
    }
  });

  test("of one member that ends early gives all that can be unpacked", async () => {
    const packed = gzipSync(text);
    for (const part of [0.2, 0.5, 0.9, 0.999]) {
      const torn = packed.subarray(0, Math.floor(packed.length * part));
      const rest = gunzipSync(torn, { finishFlush: constants.Z_SYNC_FLUSH });
      expect(await readAll(files.put("torn-member.gz", torn))).toEqual(scan(rest));
    }
  });

  test("that is damaged gives what came before, and says so", async () => {
    const bytes = gzipSync(recordingText(50_000), { level: 1 });
    const middle = bytes.length >> 1;
    bytes.fill(0xff, middle, middle + 100);
    const { events, end } = await readAll(files.put("damaged.gz", bytes));
    expect(events.length).toBeGreaterThan(1000);
    expect(events.at(-1)).toMatchObject({ type: "gap", cause: "damaged" });
    expect(end).toMatchObject({ tornTail: true, closedCleanly: false });
  });

  test("that unpacks to a thousand times its size is refused before it fills the memory", async () => {
    const zeros = gzipSync(Buffer.alloc(64 << 20));
    const bomb = Buffer.concat([gzipSync(text), ...Array<Buffer>(16).fill(zeros)]);
    const path = files.put("bomb.gz", bomb);
    const recording = await readRecording(path);
    const reading = (async () => {
      for await (const _ of recording.events);
    })();
    await expect(reading).rejects.toThrow(/unpacks to over 100 times its size.*; unpack it with/);
    const before = files.put("bomb-at-once.gz", Buffer.concat(Array<Buffer>(8).fill(zeros)));
    expect((await refusal(before)).code).toBe("not-a-recording");
  });
});

describe("what cannot be read", () => {
  test.each([
    ["a missing file", () => files.path("nowhere"), /no such file; check the path$/],
    ["a directory", () => files.path("."), /it is a directory; name a file in it$/],
    ["a path through a file", () => `${files.put("f", "")}/x`, /no directory; check the path$/],
    ["a circle of links", () => circle(), /circle of symbolic links; check the path$/],
  ])("%s", async (_, path, reason) => {
    const error = await refusal(path());
    expect([error.code, error.message]).toEqual(["unreadable", expect.stringMatching(reason)]);
  });

  test("a file of somebody else", async () => {
    const path = files.put("private.ndjson", text);
    chmodSync(path, 0);
    const euid = process.geteuid?.();
    if (euid === 0) {
      chmodSync(files.path("."), 0o755);
      process.seteuid?.(65534);
    }
    try {
      const error = await refusal(path);
      expect([error.code, error.message]).toEqual([
        "unreadable",
        expect.stringMatching(/permission is denied; ask its owner/),
      ]);
    } finally {
      if (euid === 0) process.seteuid?.(0);
    }
  });

  test.each([
    ["an empty file", ""],
    ["a binary", "\x7fELF\0\0\0"],
    ["an empty gzip", gzipSync("")],
    ["foreign JSON", '{"a":1}\n{"a":2}\n'],
  ])("%s", async (name, bytes) => {
    expect((await refusal(files.put(name, bytes))).code).toBe("not-a-recording");
  });

  test("a newer schema", async () => {
    const path = files.put("newer.ndjson", `${JSON.stringify({ ...HEADER, schema: 2 })}\n`);
    expect((await refusal(path)).code).toBe("newer-schema");
  });

  test("a path with a line feed is named in one line", async () => {
    expect((await refusal(files.path("a\nb\x1b[2J"))).message).toContain("a?b?[2J");
  });

  function circle(): string {
    mkdirSync(files.path("circle"));
    symlinkSync(files.path("circle/b"), files.path("circle/a"));
    symlinkSync(files.path("circle/a"), files.path("circle/b"));
    return files.path("circle/a");
  }
});
