/** A real file system that fills up and is freed again, under a running writer. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRecording } from "../../src/store/create-recording.ts";
import { FOOTER, HEADER, transitionAt } from "../event/sample-events.ts";
import { requireRoot } from "../host/require-root.ts";
import { scan } from "./scan.ts";
import { scratch } from "./scratch.ts";

const CYCLES = 100;
const files = scratch();
const mount = files.path("small-disk");

beforeEach((ctx) => {
  requireRoot(ctx);
  mkdirSync(mount);
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

test(`${CYCLES} times full and free: no merged line, every event written or told of`, async () => {
  const told: string[] = [];
  const onProblem = (message: string): number => told.push(message);
  const path = `${mount}/r.ndjson`;
  const writer = await createRecording(path, HEADER, { onProblem, owner: null, retryMs: 5 });
  let seq = 0;
  const write = (count: number): void => {
    for (; count > 0; count--) writer.write(transitionAt(1000 * seq, seq++));
  };
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    write(5);
    await writer.flush();
    const free = fill();
    write(30);
    await writer.flush();
    expect(told.at(-1)).toMatch(
      /is not written: the disk is full, free some space; tracing goes on$/,
    );
    free();
    await expect.poll(() => told.at(-1), { interval: 2 }).toMatch(/is written again; \d+ events/);
  }
  const end = await writer.close(FOOTER);
  const read = scan(readFileSync(path));
  const gaps = read.events.filter((event) => event.type === "gap");
  const missing = gaps.reduce((sum, gap) => sum + (gap.count ?? 0), 0);
  console.log(`${CYCLES} cycles: ${end.written} written, ${missing} in ${gaps.length} gaps`);
  expect(read.end).toMatchObject({ malformed: 0, closedCleanly: true });
  expect(read.events.length - gaps.length + missing).toBe(seq);
  expect([end.isComplete, gaps.length, told.length]).toEqual([true, CYCLES, 2 * CYCLES]);
});
