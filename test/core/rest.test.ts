/** Who rests is told by a row: a trace that is made of rows and events is the one that read everything. */
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { Carry } from "../../src/core/carry.ts";
import type { Finding } from "../../src/core/finding.ts";
import { Trace } from "../../src/core/fold.ts";
import { decodeRests, encodeRests, type RestBlock } from "../../src/core/rest-codec.ts";
import type { TraceOptions } from "../../src/core/trace.ts";
import { TCP_STATES } from "../../src/event/tcp-state.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { seeded } from "../event/seeded.ts";
import { disorder } from "./disorder.ts";
import { remotes } from "./remotes.ts";
import { storyOf } from "./stories.ts";
import { world } from "./world.ts";

const SEEDS = Number(process.env.LASTACK_FUZZ_SEEDS ?? 2);
const CUTS = 5;
/** Moments at which two that go on are compared. */
const LOOKS = 3;
/** Events between two blocks of rows: what has changed since is in the next. */
const WRITTEN_EVERY = 30;

/** What a trace says, thing by thing. */
function told(trace: Trace): Map<string, unknown> {
  const things = new Map<string, unknown>([
    ["now", trace.now],
    ["recent", trace.recent(50).map(({ id }) => id)],
    ["findings", trace.findings().filter(isToldAlike)],
    ["series", trace.series(60)],
    [
      "living",
      [...trace.endpoints()].filter(({ endedAt }) => endedAt === null).map(({ id }) => id),
    ],
  ]);
  for (const endpoint of trace.endpoints()) {
    const { id, ports } = endpoint;
    things.set(id, { ...storyOf(endpoint, trace), used: ports?.used, minis: ports?.minis });
  }
  return things;
}

/** Who lives in which state, in order of entry. */
function listsOf(trace: Trace) {
  return TCP_STATES.flatMap((state) => (state === null ? [] : [state])).map((state) => [
    state,
    [...trace.inState(state)].map(({ id }) => id),
  ]);
}

/** Who lived in a gap is listed when somebody asks, so it tells when that was and not what is known. */
function isToldAlike({ kind }: Finding): boolean {
  return kind !== "incomplete-trace";
}

/** A part of the events told again from a carry, and how many of its endpoints rows told of. */
function resumed(
  carried: ReturnType<Carry<TraceEvent>["carried"]>,
  blocks: readonly string[],
  options: TraceOptions,
) {
  const trace = new Trace({ ...options, resume: carried.resume });
  for (const event of carried.refs) trace.step(event);
  const rests = (carried.rests?.picks ?? []).flatMap(({ block, places }) => {
    const wanted = new Set(places);
    return decodeRests(JSON.parse(blocks[block] as string) as RestBlock, (at) => wanted.has(at));
  });
  trace.wake(rests);
  return { trace, rows: rests.length };
}

/**
 * Compare, at several cuts and at moments after each, a trace that is told by rows with one that
 * is told by events alone, and as far as that one is true with the whole. Returns how many rows
 * there were.
 */
function rowsThatHeld(events: readonly TraceEvent[], options: TraceOptions, seed: number): number {
  const chance = seeded(seed);
  const whole = new Trace(options);
  const carry = new Carry<TraceEvent>(whole);
  const cuts = new Set(Array.from({ length: CUTS }, () => chance(events.length)));
  // Between a close and the RST that tells what it was, two of the state's tables must know of it.
  const late = events.findLastIndex(({ type }, at) => type === "reset" && at < events.length / 2);
  if (late > 0) cuts.add(late - 1);
  const blocks: string[] = [];
  const going: { readonly byRows: Trace; readonly byEvents: Trace; readonly from: number }[] = [];
  let rows = 0;
  let compared = 0;
  let untrue = 0;
  const compare = (at: number) => {
    for (const { byRows, byEvents, from } of going) {
      const where = `seed ${seed}: cut at ${from}, seen at ${at}`;
      expect(listsOf(byRows), where).toEqual(listsOf(whole));
      const [truth, fromRows] = [told(whole), told(byRows)];
      for (const [thing, fromEvents] of told(byEvents)) {
        if (!isDeepStrictEqual(fromEvents, truth.get(thing))) untrue++;
        // Told in full only where they differ: it is slow.
        else if (!isDeepStrictEqual(fromRows.get(thing), fromEvents)) {
          expect(fromRows.get(thing), `${where}: ${thing}`).toStrictEqual(fromEvents);
        }
        compared++;
      }
    }
  };
  for (const [at, event] of events.entries()) {
    carry.step(event, event);
    for (const { byRows, byEvents } of going) {
      byRows.step(event);
      byEvents.step(event);
    }
    const isCut = cuts.has(at);
    if (isCut || at % WRITTEN_EVERY === 0) {
      const carried = carry.carried(true);
      const { fresh = [] } = carried.rests ?? {};
      if (fresh.length > 0) blocks.push(JSON.stringify(encodeRests(fresh)));
      if (isCut) {
        const { trace: byEvents } = resumed(carry.carried(), [], options);
        const { trace: byRows, rows: more } = resumed(carried, blocks, options);
        rows += more;
        going.push({ byRows, byEvents, from: at });
      }
    }
    if (isCut || at % Math.ceil(events.length / LOOKS) === 0) compare(at);
  }
  expect(untrue / compared).toBeLessThan(0.05);
  return rows;
}

const OPTIONS: readonly TraceOptions[] = [{}, { seesMiniEnd: true }];

test(`of ${SEEDS} hosts whose peers are elsewhere`, { timeout: 300_000 }, () => {
  let rows = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    rows += rowsThatHeld(remotes(seed, 200), OPTIONS[seed % 2] as TraceOptions, seed);
  }
  expect(rows).toBeGreaterThan(SEEDS * CUTS * 5);
});

test(`of ${SEEDS} hosts with both ends, and of disorder`, { timeout: 300_000 }, () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    rowsThatHeld(world(seed, 40), OPTIONS[seed % 2] as TraceOptions, seed);
    const { events, options } = disorder(seed, 150);
    rowsThatHeld(events, options ?? {}, seed);
  }
});
