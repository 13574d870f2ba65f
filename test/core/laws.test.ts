/** What holds for every list of events: same events, same findings, and no list breaks the core. */
import { describe, expect, test } from "vitest";
import type { Endpoint } from "../../src/core/endpoint.ts";
import { Trace } from "../../src/core/fold.ts";
import type { TraceOptions } from "../../src/core/trace.ts";
import { decodeRecord } from "../../src/event/recording-codec.ts";
import { TCP_STATES } from "../../src/event/tcp-state.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { seeded, shuffled } from "../event/seeded.ts";
import { Story, sock, wholeStory } from "./story.ts";
import { mutated, world } from "./world.ts";

const SIZES: readonly TraceOptions[] = [{}, { seesMiniEnd: true }, { maxEnded: 5, maxAlive: 8 }];

function fold(events: readonly TraceEvent[], options: TraceOptions = {}): Trace {
  const trace = new Trace(options);
  for (const event of events) trace.step(event);
  trace.finish();
  return trace;
}

/** What no trace may say, whatever it was told; each breach in words. */
function breaches(trace: Trace): string[] {
  const all = [...trace.endpoints()];
  const summary = trace.summary();
  const sum = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((a, b) => a + b, 0);
  const found = all.flatMap((endpoint) =>
    breachesOf(endpoint, trace).map((breach) => `${endpoint.id}: ${breach}`),
  );
  if (summary.endpoints !== summary.itemised + trace.ledger().evicted)
    found.push("not each endpoint is counted once");
  if (summary.itemised !== all.length) found.push("itemised is not what is listed");
  if (sum(summary.byVerdict) !== summary.endpoints) found.push("verdicts do not add up");
  if (sum(summary.byRole) !== summary.endpoints) found.push("roles do not add up");
  if (summary.teardowns > summary.endpoints) found.push("more teardowns than endpoints");
  for (const [state, { p50, p90, p99, max }] of Object.entries(summary.phaseMs)) {
    if (!(0 <= p50 && p50 <= p90 && p90 <= p99 && p99 <= max))
      found.push(`percentiles of ${state} fall`);
  }
  for (const state of TCP_STATES) {
    if (state === null) continue;
    const listed = [...trace.inState(state)];
    const living = all.filter((endpoint) => endpoint.endedAt === null && endpoint.state === state);
    if (listed.length !== living.length || living.some((each) => !listed.includes(each))) {
      found.push(`the list of ${state} is not who is in it`);
    }
  }
  return found;
}

function breachesOf(endpoint: Endpoint, trace: Trace): string[] {
  const { phases, waves, peer, endedAt, state, verdict } = endpoint;
  const last = phases.at(-1);
  const checks: readonly (readonly [boolean, string])[] = [
    [last !== undefined, "has no phase"],
    [phases.every(({ from, to }) => to === null || to >= from), "a phase lasts less than nothing"],
    [
      phases.every(({ to }, i) => (to === null) === (i === phases.length - 1 && endedAt === null)),
      "an inner phase is open, or the last is not",
    ],
    [endedAt !== null || last?.state === state, "is not in its last phase"],
    [
      (endedAt === null) !== (state === "CLOSE"),
      "is over and not in CLOSE, or the other way round",
    ],
    [endedAt === null || verdict !== null, "is over without a verdict"],
    [endedAt === null || endpoint.expiresAt === null, "is over and waits"],
    [
      endpoint.isMini === (endpoint.expiresAt !== null),
      "a mini-socket without a timer, or a timer without one",
    ],
    [!endpoint.isMini || endpoint.sk === null, "a mini-socket has its old socket's address"],
    [waves.every(({ n }, i) => i === 0 || n > (waves[i - 1]?.n ?? 9)), "waves are not in order"],
    [
      waves.every(({ n, segment }) => (segment === "FIN") === (n % 2 === 1)),
      "a wave is another segment",
    ],
    [peer === null || peer.peer === endpoint, "its peer's peer is somebody else"],
    [peer !== endpoint, "it is its own peer"],
    [endpoint.teardownAt !== null || waves.length === 0, "waves without a teardown"],
    [verdict !== "graceful" || endpoint.role !== "none", "graceful without a first FIN"],
    [trace.endpoint(endpoint.id) === endpoint, "is not found by its id"],
    [endpoint.resends.length <= 256, "keeps too many re-sends"],
  ];
  return checks.flatMap(([holds, breach]) => (holds ? [] : [breach]));
}

describe("a made-up host", () => {
  const events = world(1, 200);

  test("is one that a recording could hold, and of every kind", () => {
    for (const event of events) expect(decodeRecord(event).kind).toBe("event");
    expect(new Set(events.map(({ type }) => type)).size).toBeGreaterThanOrEqual(14);
  });

  test.each(SIZES)("is told the same way twice, with %j", (options) => {
    expect(wholeStory(fold(events, options))).toBe(wholeStory(fold(world(1, 200), options)));
  });

  test.each(SIZES)("breaks no law, with %j", (options) => {
    expect(breaches(fold(events, options))).toEqual([]);
  });

  test("is told the same after a way through a file", () => {
    const read = events.map((event) => {
      const decoded = decodeRecord(JSON.parse(JSON.stringify(event)));
      if (decoded.kind !== "event") throw new Error(decoded.kind);
      return decoded.event;
    });
    expect(wholeStory(fold(read))).toBe(wholeStory(fold(events)));
  });

  test.each(SIZES)(
    "is told the same however time is cut, and whoever looks, with %j",
    (options) => {
      const chance = seeded(3);
      const trace = new Trace(options);
      let looks = 0;
      for (const [i, event] of events.entries()) {
        const before = events[i - 1]?.t ?? 0;
        for (let times = chance(3); times > 0; times--) {
          trace.advance(before + Math.floor(((event.t - before) * chance(100)) / 100));
          looks += trace.findings().length + trace.series(10).length + trace.summary().endpoints;
        }
        trace.step(event);
      }
      trace.finish();
      expect(looks).toBeGreaterThan(0);
      expect(wholeStory(trace)).toBe(wholeStory(fold(events, options)));
    },
  );

  test("two traces do not know of each other", () => {
    const [one, two] = [new Trace(), new Trace()];
    for (const event of events) {
      one.step(event);
      two.step(event);
    }
    one.finish();
    two.finish();
    expect(wholeStory(one)).toBe(wholeStory(fold(events)));
    expect(wholeStory(two)).toBe(wholeStory(one));
  });

  test("an event is not changed by being folded", () => {
    const before = JSON.stringify(events);
    fold(events);
    expect(JSON.stringify(events)).toBe(before);
  });
});

describe("any order", () => {
  test.each(SIZES)(
    "of the events is taken without a throw and breaks no law, with %j",
    (options) => {
      for (let seed = 0; seed < 20; seed++) {
        const events = shuffled(world(seed, 40), seeded(seed));
        expect(breaches(fold(events, options)), `seed ${seed}`).toEqual([]);
      }
    },
  );

  test("a clock that goes back makes no duration negative and no endpoint immortal", () => {
    const events = world(5, 60).map((event, i) => ({ ...event, t: event.t - (i % 7) * 30e6 }));
    const trace = fold(events);
    expect(breaches(trace)).toEqual([]);
    const latest = Math.max(...events.map(({ t }) => t));
    expect(trace.now).toBe(latest);
    trace.advance(latest + 3600e9);
    const minis = [...trace.endpoints()].filter(({ isMini }) => isMini);
    expect(minis).toEqual([]);
  });

  test.each([Number.POSITIVE_INFINITY, Number.NaN])("a time of %d lets none pass", (never) => {
    const trace = fold(world(5, 20));
    const before = trace.now;
    trace.advance(never);
    expect(trace.now).toBe(before);
  });

  test("an event that is told twice makes no second endpoint of a living one", () => {
    const once = world(6, 40);
    const events = once.flatMap((event): TraceEvent[] =>
      event.type === "transition" ? [event] : [event, event],
    );
    expect(breaches(fold(events))).toEqual([]);
    expect(fold(events).summary().endpoints).toBe(fold(once).summary().endpoints);
  });
});

describe("any loss", () => {
  test("of events leaves a story without a breach", () => {
    const chance = seeded(11);
    for (let seed = 0; seed < 25; seed++) {
      const events = world(seed, 40).filter(() => chance(4) !== 0);
      expect(breaches(fold(events, SIZES[seed % 3])), `seed ${seed}`).toEqual([]);
    }
  });
});

describe("one endpoint without end", () => {
  test("keeps what can be told of it, however often it changes", () => {
    const socket = sock();
    const story = new Story().connect(socket);
    for (let i = 0; i < 5000; i++) story.at(i).change(socket, "ESTABLISHED", "FIN_WAIT1");
    expect(story.only.phases.length).toBeLessThanOrEqual(64);
    expect(story.only.phases.at(-1)).toMatchObject({ state: "FIN_WAIT1", to: null });
    expect(story.only.isComplete).toBe(false);
    expect(breaches(story.trace)).toEqual([]);
  });

  test("keeps what can be told of it, however many hold it", () => {
    const socket = sock();
    const story = new Story().row(socket, "CLOSE_WAIT", { inode: 55 });
    for (let pid = 1; pid <= 5000; pid++) story.holder(55, pid);
    expect(story.only.holders.length).toBeLessThanOrEqual(500);
    expect(story.only.owner).toMatchObject({ pid: 1, confidence: "likely" });
  });
});

describe("any change", () => {
  test.each(SIZES)(
    "of fields that a recording may hold is taken without a throw, with %j",
    (options) => {
      const chance = seeded(12);
      let changed = 0;
      for (let seed = 0; seed < 25; seed++) {
        const trace = new Trace(options);
        for (const event of world(seed, 30)) {
          const other = chance(3) === 0 ? mutated(event, chance) : event;
          const decoded = decodeRecord(structuredClone(other));
          if (decoded.kind !== "event") throw new Error(JSON.stringify([decoded, other]));
          if (other !== event) changed++;
          trace.step(decoded.event);
        }
        trace.finish();
        expect(breaches(trace), `seed ${seed}`).toEqual([]);
      }
      expect(changed).toBeGreaterThan(1000);
    },
  );
});
