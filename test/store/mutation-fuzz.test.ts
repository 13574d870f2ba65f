/**
 * Mutated recordings: no crash, no growth, and every event that comes out is a right one.
 *
 * A million lines, under CI 200,000. LASTACK_FUZZ_LINES sets how many, LASTACK_FUZZ_SEED where
 * chance begins.
 */
import { expect, test } from "vitest";
import { decodeRecord, encodeEvent } from "../../src/event/recording-codec.ts";
import { type ReadEnd, RecordingScanner } from "../../src/store/recording-scanner.ts";
import { HEADER, SAMPLES, transitionAt } from "../event/sample-events.ts";
import { type Chance, seeded } from "../event/seeded.ts";

const LINES = Number(process.env.LASTACK_FUZZ_LINES ?? (process.env.CI ? 200_000 : 1_000_000));
const SEED = Number(process.env.LASTACK_FUZZ_SEED ?? 20261121);
const ROUND = 1000;
const HEAD = Buffer.from(`${JSON.stringify(HEADER)}\n`);

const SEEDS = [...SAMPLES, { ...transitionAt(15e6), late: true }].map((it) => JSON.stringify(it));
const SCRAPS = [
  ...'null true false 0 -1 1e999 -0 1.5 9007199254740993 "" [] {} [[ }} , : " \\ \\u0000'.split(
    " ",
  ),
  '"__proto__":{"type":"gap"},',
  '"constructor":1,',
  '"toJSON":1,',
  '"type":"header",',
  '"late":true,',
  '"t":-1e300,',
  "\u2028",
  "\r",
  "\n",
  "\0",
  "\ud800",
];
/** Deeper than any recursion would go; rare, since each costs as much as ten lines. */
const DEEP = "[".repeat(3000);

function mutate(text: string, chance: Chance): string {
  const at = chance(text.length + 1);
  const length = chance(12);
  const scrap = chance(200) === 0 ? DEEP : (SCRAPS[chance(SCRAPS.length)] ?? "");
  switch (chance(7)) {
    case 0:
      return text;
    case 1:
      return text.slice(0, at) + String.fromCharCode(chance(256)) + text.slice(at + 1);
    case 2:
      return text.slice(0, at) + text.slice(at + length);
    case 3:
      return text.slice(0, at) + scrap + text.slice(at);
    case 4:
      return text.replace(/:[^,}]*/, `:${scrap}`);
    case 5:
      return text.slice(0, at) + text.slice(at, at + length).repeat(1 + chance(4)) + text.slice(at);
    default:
      return text.slice(0, at);
  }
}

function mutatedLines(chance: Chance): Buffer {
  const lines = Array.from({ length: ROUND }, () => {
    let text = SEEDS[chance(SEEDS.length)] ?? "";
    // One fault more often than two: what is no JSON any more never comes to the codec.
    for (let times = chance(4) === 0 ? 2 : 1; times > 0; times--) text = mutate(text, chance);
    return text;
  });
  return Buffer.from(`${lines.join("\n")}\n`);
}

/** Read one round in random chunks, and check all that comes out. */
function readRound(bytes: Buffer, chance: Chance): { end: ReadEnd; events: number } {
  const scanner = new RecordingScanner("fuzz");
  const events = [...scanner.push(HEAD)];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + chance(100_000);
    events.push(...scanner.push(bytes.subarray(at, at + size)));
    at += size;
  }
  events.push(...scanner.finish(false));
  let newest = Number.NEGATIVE_INFINITY;
  for (const event of events) {
    const record = decodeRecord(JSON.parse(encodeEvent(event)));
    if (record.kind !== "event") throw new Error(`no event came out: ${encodeEvent(event)}`);
    if (Reflect.get(event, "late") === true) continue;
    if (event.t < newest) throw new Error(`out of order: ${encodeEvent(event)}`);
    newest = event.t;
  }
  return { end: scanner.end(), events: events.length };
}

// Four of five lines throw as they are parsed, and nobody reads where.
Error.stackTraceLimit = 0;

test(`${LINES} mutated lines`, { timeout: 120_000 + LINES }, () => {
  const chance = seeded(SEED);
  let lines = 0;
  let malformed = 0;
  let unknown = 0;
  let events = 0;
  for (let round = 0; round < LINES / ROUND; round++) {
    const bytes = mutatedLines(chance);
    const read = readRound(bytes, chance);
    lines += read.end.lines - 1;
    malformed += read.end.malformed;
    events += read.events;
    for (const count of read.end.unknownTypes.values()) unknown += count;
  }
  const rss = Math.round(process.memoryUsage().rss / 1e6);
  console.log(
    `fuzz seed ${SEED}: ${lines} lines, ${malformed} malformed, ${unknown} of unknown type, ` +
      `${events} events and gaps out, 0 crashes, RSS ${rss} MB`,
  );
  expect(lines).toBeGreaterThan(LINES * 0.9);
  expect(malformed).toBeGreaterThan(LINES / 10);
  expect(events).toBeGreaterThan(LINES / 10);
});
