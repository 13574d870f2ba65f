/** A real file system that fills up and is freed again, under a running writer. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RecordingFooter } from "../../src/event/recording.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { createRecording } from "../../src/store/create-recording.ts";
import { readRecordings } from "../../src/store/recording-set.ts";
import { RotatingWriter } from "../../src/store/rotating-writer.ts";
import { FOOTER, HEADER, transitionAt } from "../event/sample-events.ts";
import { requireRoot } from "../host/require-root.ts";
import { scan } from "./scan.ts";
import { scratch } from "./scratch.ts";

const CYCLES = 20;
const files = scratch();
const mount = files.path("small-disk");

beforeEach((ctx) => {
  requireRoot(ctx);
  mkdirSync(mount, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", mount]);
});

afterEach(() => {
  execFileSync("umount", [mount]);
});

/** Take all room but a few bytes; returns the way to give it back. */
function fill(): () => void {
  const path = `${mount}/ballast`;
  try {
    writeFileSync(path, Buffer.alloc(8 << 20));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  }
  return () => rmSync(path);
}

/** What a cycle is made with: a writer of one file, or of a series. */
interface Written {
  write(event: TraceEvent): void;
  flush(): Promise<void>;
  close(footer: RecordingFooter): Promise<{ written: number; isComplete: boolean }>;
}

/** Fill the disk and free it, time after time; what came out as events, gaps and complaints. */
async function cycles(
  writer: Written,
  told: readonly string[],
  turn: { whenFull(): Promise<void>; whenFree(): Promise<void> },
) {
  let seq = 0;
  const write = (count: number): void => {
    for (; count > 0; count--) writer.write(transitionAt(1000 * seq, seq++));
  };
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    write(5);
    await writer.flush();
    const free = fill();
    const before = told.length;
    write(30);
    await turn.whenFull();
    await writer.flush();
    const complaints = () => told.slice(before);
    expect(complaints()).toContainEqual(
      expect.stringMatching(/is not written: the disk is full, free some space; tracing goes on$/),
    );
    free();
    await expect
      .poll(() => complaints().some((line) => /is written again; \d+ events/.test(line)), {
        interval: 2,
        timeout: 60_000,
      })
      .toBe(true);
    await turn.whenFree();
  }
  const end = await writer.close(FOOTER);
  return { seq, end };
}

function expectAccounted(seq: number, events: readonly TraceEvent[], written: number): void {
  const gaps = events.filter((event) => event.type === "gap");
  const missing = gaps.reduce((sum, gap) => sum + (gap.count ?? 0), 0);
  console.log(`${CYCLES} cycles: ${written} written, ${missing} in ${gaps.length} gaps`);
  expect(events.length - gaps.length + missing).toBe(seq);
  expect(gaps).toHaveLength(CYCLES);
  const numbers = events.filter(({ type }) => type !== "gap").map((it) => Reflect.get(it, "seq"));
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
}

test(`${CYCLES} times full and free: no merged line, every event written or told of`, async () => {
  const told: string[] = [];
  const onProblem = (message: string): number => told.push(message);
  const path = `${mount}/r.ndjson`;
  const writer = await createRecording(path, HEADER, { onProblem, owner: null, retryMs: 5 });
  const { seq, end } = await cycles(writer, told, {
    whenFull: async () => {},
    whenFree: async () => {},
  });
  const read = scan(readFileSync(path));
  expectAccounted(seq, read.events, end.written);
  expect(read.end).toMatchObject({ malformed: 0, closedCleanly: true });
  expect([end.isComplete, told.length]).toEqual([true, 2 * CYCLES]);
});

test(`${CYCLES} times the same while files rotate: none is lost, none is in two`, async () => {
  const told: string[] = [];
  const writer = await RotatingWriter.start(`${mount}/run.ndjson`, HEADER, {
    packs: false,
    carry: () => [],
    footer: () => FOOTER,
    onProblem: (message) => told.push(message),
    retryMs: 5,
  });
  const { seq, end } = await cycles(writer, told, {
    whenFull: async () => {
      await writer.rotate();
      expect(told.join()).toMatch(/cannot write .*: the (?:system says ENOSPC|disk is full)/);
    },
    whenFree: () => writer.rotate(),
  });
  const recording = await readRecordings(mount);
  const events: TraceEvent[] = [];
  for await (const batch of recording.events) events.push(...batch);
  expectAccounted(seq, events, end.written);
  expect(recording.end()).toMatchObject({ malformed: 0, closedCleanly: true });
  expect(readdirSync(mount).length).toBe(CYCLES + 1);
});
