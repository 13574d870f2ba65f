/** A writer that is killed at any moment loses no line that it has acknowledged, rotating or not. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { readRecordings } from "../../src/store/recording-set.ts";
import { RotatingWriter } from "../../src/store/rotating-writer.ts";
import { FOOTER, HEADER, transitionAt } from "../event/sample-events.ts";
import { type Chance, seeded } from "../event/seeded.ts";
import { builtStore, fixture } from "./built-store.ts";
import { scan } from "./scan.ts";
import { scratch } from "./scratch.ts";

const KILLS = 60;
const AT_ONCE = 4;
const files = scratch();
const store = builtStore();

/** Kill a writer once it has acknowledged so many events; returns what it acknowledged last. */
async function killWriter(paths: readonly string[], packs: boolean, least: number) {
  const sample = [HEADER, transitionAt(0), FOOTER].map((each) => JSON.stringify(each));
  const args = [fixture("acknowledging-writer.js"), store(), ...paths, String(packs), ...sample];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  const closed = once(child, "close");
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk;
    if (acknowledged(said) >= least) child.kill("SIGKILL");
  });
  expect(await closed).toEqual([null, "SIGKILL"]);
  return acknowledged(said);
}

function acknowledged(said: string): number {
  return Number(said.split("\n").at(-2) ?? 0);
}

/** Every event up to the first gap, none left out: at least those that were acknowledged. */
function expectAll(events: readonly TraceEvent[], count: number): void {
  const gap = events.findIndex(({ type }) => type === "gap");
  const whole = gap < 0 ? events : events.slice(0, gap);
  expect(whole.map((event) => Reflect.get(event, "seq"))).toEqual(
    Array.from({ length: whole.length }, (_, at) => at),
  );
  expect(whole.length).toBeGreaterThanOrEqual(count);
}

/**
 * The events of a series. Who is killed while turning to the next file may have begun that one and
 * not yet written the last lines, unacknowledged, of the one before: the reader then ends in a gap.
 */
async function readSeries(series: string): Promise<TraceEvent[]> {
  const recording = await readRecordings(dirname(series));
  const events: TraceEvent[] = [];
  for await (const batch of recording.events) events.push(...batch);
  expect(recording.end()).toMatchObject({ malformed: 0, overlong: 0, closedCleanly: false });
  return events;
}

async function killOnce(round: number, chance: Chance) {
  const [path, series] = [files.path(`${round}.ndjson`), files.path(`${round}/run.ndjson`)];
  mkdirSync(dirname(series));
  const count = await killWriter([path, series], round % 2 === 0, 1 + chance(800));
  const { events, end } = scan(readFileSync(path));
  expectAll(events, count);
  expect(events.some(({ type }) => type === "gap")).toBe(false);
  expect(end).toMatchObject({ malformed: 0, overlong: 0, closedCleanly: false });

  const before = await readSeries(series);
  expectAll(before, count);
  const parts = readdirSync(dirname(series)).length;
  const later = { ...HEADER, startedAt: "2026-11-21T06:00:00Z" };
  const next = await RotatingWriter.start(series, later, {
    packs: false,
    carry: () => [],
    footer: () => FOOTER,
  });
  await next.close(FOOTER);
  // What the next start has mended is what was there.
  expect((await readSeries(series)).slice(0, before.length)).toEqual(before);
  return { torn: end.tornTail ? 1 : 0, spare: events.length - count, parts };
}

test(`${KILLS} SIGKILLs: every acknowledged line is there, in order, of one file and of many`, {
  timeout: 300_000,
}, async () => {
  const chance = seeded(60);
  const sum = { torn: 0, spare: 0, parts: 0 };
  for (let round = 0; round < KILLS; round += AT_ONCE) {
    const rounds = Array.from({ length: AT_ONCE }, (_, at) => killOnce(round + at, chance));
    for (const result of await Promise.all(rounds)) {
      sum.torn += result.torn;
      sum.spare += result.spare;
      sum.parts += result.parts;
    }
  }
  expect(sum.parts).toBeGreaterThan(2 * KILLS);
  console.log(
    `${KILLS} kills: 0 acknowledged lines lost, ${sum.torn} torn tails, ${sum.spare} lines beyond, ${sum.parts} files of series`,
  );
});
