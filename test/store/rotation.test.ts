/** One long recording in many files: none of its events is missing, none is there twice. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import type { RecordingHeader } from "../../src/event/recording.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { createRecording } from "../../src/store/create-recording.ts";
import { enforceLimits } from "../../src/store/part-limits.ts";
import { partFiles, partNames, partPath } from "../../src/store/part-name.ts";
import { readRecordings } from "../../src/store/recording-set.ts";
import { RotatingWriter, type RotationOptions } from "../../src/store/rotating-writer.ts";
import { FOOTER, HEADER, transitionAt } from "../event/sample-events.ts";
import { scratch } from "./scratch.ts";

const files = scratch();
let round = 0;
let directory = "";
let told: string[] = [];

beforeEach(() => {
  directory = files.path(`set-${round++}`);
  mkdirSync(directory);
  told = [];
});

function start(options: Partial<RotationOptions> = {}, header: RecordingHeader = HEADER) {
  return RotatingWriter.start(`${directory}/run.ndjson`, header, {
    packs: false,
    carry: () => [],
    footer: () => FOOTER,
    onProblem: (line) => told.push(line),
    ...options,
  });
}

async function read(path: string | readonly string[] = directory) {
  const recording = await readRecordings(path);
  const events: TraceEvent[] = [];
  for await (const batch of recording.events) events.push(...batch);
  const sequences = events.filter(({ type }) => type !== "gap").map((it) => Reflect.get(it, "seq"));
  return { ...recording, events, sequences, gaps: events.filter(({ type }) => type === "gap") };
}

function range(until: number): number[] {
  return Array.from({ length: until }, (_, at) => at);
}

describe("rotation", () => {
  test("100 times under load: every event in order, once", { timeout: 300_000 }, async () => {
    const writer = await start({ maxPartBytes: 1 });
    let seq = 0;
    while (readdirSync(directory).length <= 100) {
      for (let more = 1 + (seq % 13); more > 0; more--)
        writer.write(transitionAt(1000 * seq, seq++));
      writer.rotateIfFull();
      // Not awaited always: events come while the next file is created, too.
      if (seq % 3 === 0) await writer.rotate();
      else await new Promise(setImmediate);
    }
    const end = await writer.close(FOOTER);
    const { sequences, gaps, end: account } = await read();
    const parts = readdirSync(directory);
    console.log(`${parts.length} files, ${seq} events`);
    expect(sequences).toEqual(range(seq));
    expect([gaps, account().closedCleanly, told]).toEqual([[], true, []]);
    expect(end).toMatchObject({ isComplete: true, written: seq, dropped: 0 });
    expect(parts).toEqual([...parts].sort());
    for (const name of parts) expect(statSync(`${directory}/${name}`).mode & 0o7777).toBe(0o600);
  });

  /** The files after each of so many batches of 50 events, rotated where one is full. */
  async function filesAfterBatches(count: number, options: Partial<RotationOptions>) {
    let now = 0;
    const writer = await start({ clock: () => now, ...options });
    const files: number[] = [];
    for (let seq = 0; seq < 50 * count; seq++) {
      writer.write(transitionAt(1000 * seq, seq));
      if (seq % 50 < 49) continue;
      now += 100;
      await writer.flush();
      writer.rotateIfFull();
      await writer.flush();
      files.push(readdirSync(directory).length);
    }
    await writer.close(FOOTER);
    expect((await read()).sequences).toEqual(range(50 * count));
    return files;
  }

  test("by size", async () => {
    // Fifty lines are 20 KB.
    expect(await filesAfterBatches(6, { maxPartBytes: 30_000 })).toEqual([1, 2, 2, 3, 3, 4]);
  });

  test("by time", async () => {
    expect(await filesAfterBatches(6, { maxPartMs: 250 })).toEqual([1, 1, 2, 2, 2, 3]);
  });

  test("packs what is closed, beside the loop, and reads the same", async () => {
    const writer = await start({ packs: true });
    for (let seq = 0; seq < 90; seq++) {
      writer.write(transitionAt(1000 * seq, seq));
      if (seq % 30 === 29) await writer.rotate();
    }
    await writer.close(FOOTER);
    const names = readdirSync(directory);
    expect(names.map((name) => name.endsWith(".gz"))).toEqual([true, true, true, false]);
    for (const name of names) expect(statSync(`${directory}/${name}`).mode & 0o7777).toBe(0o600);
    expect((await read()).sequences).toEqual(range(90));
  });

  test("goes on in the old file while the next one cannot be created", async () => {
    const writer = await start();
    writer.write(transitionAt(0, 0));
    const names = partNames(`${directory}/run.ndjson`);
    const next = partPath(names, 2, HEADER.startedAt);
    symlinkSync(files.path("victim"), next);
    await writer.rotate();
    writer.write(transitionAt(1000, 1));
    await writer.close(FOOTER);
    expect(told).toEqual([expect.stringMatching(/it is there already/)]);
    expect(existsSync(files.path("victim"))).toBe(false);
    const [first] = partFiles(names);
    expect((await read(first?.path ?? "")).sequences).toEqual([0, 1]);
  });

  test("carries what the next file depends on, and the set reads it once", async () => {
    const carried = [transitionAt(0, 0)];
    const writer = await start({ carry: () => carried });
    writer.write(transitionAt(0, 0));
    await writer.rotate();
    writer.write(transitionAt(1000, 1));
    await writer.close(FOOTER);
    expect((await read()).sequences).toEqual([0, 1]);
    const [, second] = partFiles(partNames(`${directory}/run.ndjson`));
    const alone = await read(second?.path ?? "");
    expect(alone.sequences).toEqual([0, 1]);
    expect(alone.header.part).toEqual({ number: 2, from: 0, carried: 1 });
  });
});

describe("the next start", () => {
  test("mends the torn tail of a killed run, goes on behind its number, and says so", async () => {
    const first = await start();
    for (let seq = 0; seq < 10; seq++) first.write(transitionAt(1000 * seq, seq));
    await first.close(FOOTER);
    const path = first.path;
    // Cut within the line before the checksum, as a kill in the middle of a write leaves it.
    truncateSync(path, readFileSync(path, "utf8").lastIndexOf('{"type":"checksum"') - 100);
    const second = await start({ packs: true });
    await second.close(FOOTER);
    expect(told).toEqual([expect.stringMatching(/\d+ bytes of an unfinished line are cut off$/)]);
    const { sequences, end } = await read();
    expect(sequences).toEqual(range(9));
    expect(end()).toMatchObject({ tornTail: false, malformed: 0, closedCleanly: false });
    expect(
      partFiles(partNames(path.replace(/-0.*/, ".ndjson"))).map(({ number }) => number),
    ).toEqual([1, 2]);
  });

  test("a file without a header, begun as the recorder was killed, hides no other", async () => {
    const first = await start();
    first.write(transitionAt(0, 0));
    await first.rotate();
    first.write(transitionAt(1000, 1));
    await first.close(FOOTER);
    writeFileSync(partPath(partNames(`${directory}/run.ndjson`), 3, HEADER.startedAt), '{"type":');
    expect((await read()).sequences).toEqual([0, 1]);
    writeFileSync(`${directory}/other.ndjson`, "");
    await expect(read()).rejects.toThrow(/other\.ndjson is no recording/);
  });

  test("packs again what was being packed", async () => {
    const first = await start();
    first.write(transitionAt(0, 0));
    await first.close(FOOTER);
    const { path } = first;
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)).subarray(0, 50));
    expect((await read()).sequences).toEqual([0]);
    await (await start({ packs: true })).close(FOOTER);
    expect(existsSync(path)).toBe(false);
    expect((await read()).sequences).toEqual([0]);
  });
});

describe("limits", () => {
  test("remove the oldest first, by number, bytes and age, and nothing else", () => {
    const names = partNames(`${directory}/run.ndjson`);
    const paths = range(6).map((at) => partPath(names, at + 1, HEADER.startedAt));
    for (const path of paths) writeFileSync(path, "x".repeat(1000));
    for (const other of [
      "run.ndjson",
      "run-000001.ndjson",
      "other-000001-20261121T050000Z.ndjson",
    ]) {
      writeFileSync(`${directory}/${other}`, "");
    }
    const left = () => partFiles(names).map(({ number }) => number);
    enforceLimits(names, { maxFiles: 5 }, Date.now());
    expect(left()).toEqual([2, 3, 4, 5, 6]);
    enforceLimits(names, { maxBytes: 3500 }, Date.now());
    expect(left()).toEqual([4, 5, 6]);
    utimesSync(paths[3] ?? "", 0, 0);
    utimesSync(paths[5] ?? "", 0, 0);
    enforceLimits(names, { keepMs: 3_600_000 }, Date.now());
    expect(left()).toEqual([5, 6]);
    expect(readdirSync(directory).length).toBe(5);
  });
});

describe("several files as one", () => {
  async function run(startedAt: string, hostname = HEADER.hostname): Promise<string> {
    const writer = await start({}, { ...HEADER, startedAt, hostname });
    for (let seq = 0; seq < 5; seq++) writer.write(transitionAt(1e9 * (seq + 1), seq));
    await writer.close({ ...FOOTER, t: 6e9 });
    return writer.path;
  }

  test("of two runs come in order of time, with a gap between them", async () => {
    const later = await run("2026-11-21T06:00:00Z");
    const earlier = await run("2026-11-21T05:00:00Z");
    const { events, gaps, header, end } = await read([later, earlier]);
    expect(header.startedAt).toBe("2026-11-21T05:00:00Z");
    const hour = 3600e9;
    expect(gaps).toEqual([{ type: "gap", t: hour, from: 6e9, cause: "restart", count: null }]);
    const instants = events.map(({ t }) => t);
    expect(instants).toEqual([...instants].sort((a, b) => a - b));
    expect(end()).toMatchObject({ closedCleanly: true, lastNs: hour + 6e9 });
    expect(end().footer?.ledger.counted).toBe(2 * FOOTER.ledger.counted);
  });

  test("with one missing say so", async () => {
    const writer = await start();
    for (let seq = 0; seq < 3; seq++) {
      writer.write(transitionAt(1e9 * (seq + 1), seq));
      await writer.rotate();
    }
    await writer.close(FOOTER);
    const [one, , three] = partFiles(partNames(`${directory}/run.ndjson`));
    const { gaps, sequences } = await read([one?.path ?? "", three?.path ?? ""]);
    expect(sequences).toEqual([0, 2]);
    expect(gaps).toMatchObject([{ cause: "damaged", count: null }]);
  });

  /** As the flight recorder saves them: a file of these seconds, which begins with one from before. */
  async function saved(number: number, from: number, to: number): Promise<void> {
    const part = { number, from: from * 1e9, carried: 1 };
    const names = partNames(`${directory}/leak.ndjson`);
    const path = partPath(names, number, HEADER.startedAt, "stuck-close-wait");
    const writer = await createRecording(path, { ...HEADER, part });
    writer.write(transitionAt(0, 0));
    for (let second = from; second <= to; second++) {
      writer.write(transitionAt(second * 1e9, second));
    }
    await writer.close({ ...FOOTER, t: to * 1e9 + 5 });
  }

  test("that a flight recorder saved have a gap where it did not save, and tell nothing twice", async () => {
    await saved(1, 10, 20);
    await saved(2, 15, 30);
    await saved(3, 50, 55);
    const { sequences, gaps } = await read();
    expect(sequences).toEqual([0, ...range(31).slice(10), ...range(56).slice(50)]);
    expect(gaps).toMatchObject([{ from: 30e9 + 5, t: 50e9 }]);
  });

  test("of two hosts, or written at the same time, are refused", async () => {
    const one = await run("2026-11-21T05:00:00Z");
    const other = await run("2026-11-21T06:00:00Z", "web-2");
    await expect(read([one, other])).rejects.toThrow(/it is of another host than/);
    const same = await run("2026-11-21T05:00:02Z");
    await expect(read([one, same])).rejects.toThrow(/it was written while .* was/);
  });

  test("of an empty directory are none", async () => {
    await expect(read()).rejects.toThrow(/it holds no \.ndjson file/);
  });
});
