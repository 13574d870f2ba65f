/**
 * Plays live scenarios in summary: the truth is the one that transitions is held against. Where
 * LASTACK_SCENARIOS is set, both trace at once, and the same traffic has to give the same story.
 */
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Endpoint } from "../../src/core/endpoint.ts";
import type { Trace } from "../../src/core/fold.ts";
import type { RecordingFooter } from "../../src/event/recording.ts";
import { parseStartedAt } from "../../src/event/time.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { LiveSession } from "../../src/session/live-session.ts";
import { eventsOf, traceOf } from "../scenario/captured-scenario.ts";
import { missingPrograms } from "./actors/program.ts";
import { type Capture, captureScenarios, type PlayedScenario } from "./capture.ts";
import { checkStory, playAgain } from "./check-story.ts";
import { requireTracing, skipOrFail, tracingRefusal } from "./requires.ts";
import { scenarios } from "./scenarios/index.ts";

/** The quickest of each role and verdict; LASTACK_SCENARIOS=all plays them all, or names some. */
const QUICK = [
  "close-v4",
  "close-v6",
  "close-mapped",
  "fin-ack-in-one",
  "shutdown-then-close",
  "simultaneous-v4",
  "fin-timeout-2",
  "linger-0-v4",
  "close-with-unread-data",
  "ss-kill",
  "data-after-close-mini",
  "reset-in-syn-sent",
  "connect-given-up",
  "wave-3-lost-once",
  "closed-by-forked-child",
];
/** The two recordings' clocks agree within this; the namespaces are this scenario's alone. */
const CLOCKS_NS = 50e6;
const asked = process.env.LASTACK_SCENARIOS?.split(",") ?? QUICK;
const isCompared = process.env.LASTACK_SCENARIOS !== undefined;
const chosen = scenarios.filter(({ name }) => asked.includes("all") || asked.includes(name));
const played = new Map<string, PlayedScenario>();
let summary: Capture | undefined;
let transitions: LiveSession | undefined;
let footer: RecordingFooter | undefined;
const told: TraceEvent[] = [];

beforeAll(async () => {
  if ((await tracingRefusal()) !== undefined) return;
  const playable = chosen.filter(({ needs }) => missingPrograms(needs ?? []).length === 0);
  if (isCompared) {
    transitions = await LiveSession.start({ version: "0.0.0-test", detail: "transitions" });
    transitions.onEvents((batch) => {
      for (const event of batch) told.push(event);
    });
    await transitions.readHost();
  }
  summary = await captureScenarios(playable, { concurrency: 16, detail: "summary" });
  footer = await transitions?.stop();
  // What both have told of one play cannot be played anew for one of them.
  const settled = isCompared ? summary.played : await playAgain(summary, { detail: "summary" });
  for (const each of settled) played.set(each.run.scenario.name, each);
}, 900_000);

test("each account is even", async (ctx) => {
  await requireTracing(ctx);
  const even = { lost: 0, unparsed: 0, balanced: true };
  expect(summary?.footer.ledger).toMatchObject(even);
  if (isCompared) expect(footer?.ledger).toMatchObject(even);
});

describe.each(chosen)("$name", ({ name, needs, expect: truths }) => {
  beforeEach(async (ctx) => {
    await requireTracing(ctx);
    const [missing] = missingPrograms(needs ?? []);
    skipOrFail(ctx, missing && `${missing} is not installed`, process.env.CI);
  });

  const gives = () => {
    const { captured, run } = playedAs(name);
    expect(run.error).toBeNull();
    const namespaces = new Set([run.netns.client, run.netns.server]);
    const shift = startOf(transitions as LiveSession) - startOf(summary?.session as LiveSession);
    const events = told.map((event) => shifted(event, shift));
    const since = (captured.events[0]?.t ?? 0) - CLOCKS_NS;
    const own = eventsOf(events, namespaces, since, captured.facts.endNs);
    // Each session looks at the host when it will: what is compared is what the probes told.
    const storiesIn = (all: readonly TraceEvent[]) =>
      storiesOf(traceOf({ ...captured, events: all.filter(isProbes) }, captured.facts.endNs));
    expect(storiesIn(captured.events)).toEqual(storiesIn(own));
  };
  if (isCompared) test("gives the same endpoints in both", gives);

  test.each(truths)("$end $connection in summary: $role, $verdict", (truth) => {
    checkStory(truth, playedAs(name));
  });
});

function playedAs(name: string): PlayedScenario {
  const each = played.get(name);
  if (each === undefined) throw new Error(`${name} did not run`);
  return each;
}

/** Whether the probes told it, by its number in their account. */
function isProbes(event: TraceEvent): boolean {
  return "seq" in event || (event.type === "open" && event.how === "connect");
}

function startOf({ header }: LiveSession): number {
  return Number((parseStartedAt(header.startedAt)?.epochNs ?? 0n) % 10n ** 15n);
}

/** The same event by the other recording's clock. */
function shifted(event: TraceEvent, ns: number): TraceEvent {
  return event.type === "gap"
    ? { ...event, t: event.t + ns, from: event.from + ns }
    : { ...event, t: event.t + ns };
}

/** Everything that a report tells of each endpoint, but for times and what a look at /proc adds. */
function storiesOf(trace: Trace): string[] {
  return [...trace.endpoints()].map(storyOf).sort();
}

function storyOf(endpoint: Endpoint): string {
  const { tuple, phases, waves, resends } = endpoint;
  const states = phases.map(({ state }) => state).filter((each, i, all) => each !== all[i - 1]);
  return JSON.stringify({
    netns: tuple.netns,
    from: `${tuple.local}:${tuple.localPort}`,
    to: `${tuple.remote}:${tuple.remotePort}`,
    role: endpoint.role,
    verdict: endpoint.verdict,
    trigger: endpoint.trigger,
    orphan: endpoint.orphan,
    states,
    waves: waves.map(({ n, by, retransmits }) => `${n} ${by} ${retransmits}`),
    resends: resends.map(({ kind }) => kind),
    // While it lives they are as old as what was told last.
    bytes: endpoint.endedAt !== null ? [endpoint.bytesSent, endpoint.bytesReceived] : [],
    owner: endpoint.owner?.comm ?? null,
  });
}
