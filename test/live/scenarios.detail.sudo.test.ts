/**
 * Plays live scenarios in summary: the truth is the one that transitions is held against. Where
 * LASTACK_SCENARIOS is set, both trace at once, and the same traffic has to give the same story.
 * Aggregate always traces beside it, and has to count the same verdicts and roles.
 */
import { isDeepStrictEqual } from "node:util";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Endpoint } from "../../src/core/endpoint.ts";
import { Trace } from "../../src/core/fold.ts";
import type { RecordingFooter } from "../../src/event/recording.ts";
import { parseStartedAt } from "../../src/event/time.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import type { LiveSession } from "../../src/session/live-session.ts";
import { eventsOf, traceOf } from "../scenario/captured-scenario.ts";
import { missingPrograms } from "./actors/program.ts";
import { type Beside, isProbes, traceBeside } from "./beside.ts";
import { type Capture, captureScenarios, type PlayedScenario } from "./capture.ts";
import { checkStory, lossDuring, playAgain } from "./check-story.ts";
import { churn } from "./churn.ts";
import { Namespace } from "./namespace.ts";
import { requireTracing, skipOrFail, tracingRefusal } from "./requires.ts";
import { isDisturbed, type ScenarioRun } from "./run-scenarios.ts";
import type { Scenario } from "./scenario.ts";
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
/** How long after its end what a scenario has left is being cleaned up, and told of. */
const CLEANING_NS = 2e9;
/** How often what the two have counted differently is played anew at most. */
const ROUNDS = 3;
const FEW = 4;
const asked = process.env.LASTACK_SCENARIOS?.split(",") ?? QUICK;
const isCompared = process.env.LASTACK_SCENARIOS !== undefined;
const chosen = scenarios.filter(({ name }) => asked.includes("all") || asked.includes(name));
const played = new Map<string, PlayedScenario>();
let summary: Capture | undefined;
let transitions: Beside | undefined;
const counted = new Map<string, Counted>();
let footer: RecordingFooter | undefined;
let crowd: Crowd | undefined;

/** What summary and aggregate have counted of one scenario's traffic. */
interface Counted {
  readonly summary: unknown;
  readonly aggregate: unknown;
  /** Why the two may differ though both count rightly; null where nothing says so. */
  readonly excuse: string | null;
}

/** Many plain connections at once, and what aggregate made of them. */
interface Crowd {
  readonly connections: number;
  readonly trace: Trace;
  readonly footer: RecordingFooter;
}

beforeAll(async () => {
  if ((await tracingRefusal()) !== undefined) return;
  const playable = chosen.filter(({ needs }) => missingPrograms(needs ?? []).length === 0);
  if (isCompared) {
    transitions = await traceBeside("transitions");
  }
  summary = await captureBoth(playable, 16, true);
  footer = await transitions?.session.stop();
  // The kernel leaves out probe runs that it counts nowhere, of one trace or the other: what differs
  // without an excuse is played anew once, and said. A second time it fails.
  for (let round = 0; round < ROUNDS; round++) {
    const wrong = playable.filter(({ name }) => !isSame(counted.get(name)));
    for (const { name } of wrong) {
      console.warn(`${name} is counted differently: ${JSON.stringify(counted.get(name))}`);
    }
    const again = wrong.filter(({ name }) => round === 0 || counted.get(name)?.excuse !== null);
    if (again.length === 0) break;
    await captureBoth(again, FEW, false);
  }
  // What both have told of one play cannot be played anew for one of them.
  const settled = isCompared ? summary.played : await playAgain(summary, { detail: "summary" });
  for (const each of settled) played.set(each.run.scenario.name, each);
}, 900_000);

/** Play scenarios under summary and aggregate at once, and note what each has counted. */
async function captureBoth(
  list: readonly Scenario[],
  concurrency: number,
  hasCrowd: boolean,
): Promise<Capture> {
  const beside = traceBeside("aggregate");
  // Before the others go, whose inodes it could get.
  const namespace = hasCrowd ? await Namespace.create("c") : null;
  const capture = await captureScenarios(list, { concurrency, detail: "summary", beside });
  const aggregate = await beside;
  const many = namespace && (await churn(namespace, { rate: 300, seconds: 2, least: 50 }));
  const end = await aggregate.session.stop();
  for (const { run, captured } of capture.played) {
    const netns = new Set([run.netns.client, run.netns.server]);
    const startNs = (captured.events[0]?.t ?? 0) - CLOCKS_NS;
    const shift = startOf(capture.session) - startOf(aggregate.session);
    const startBesideNs = startNs + shift;
    const endNs = captured.facts.endNs + CLEANING_NS;
    const skipped =
      lossDuring(capture.events, startNs, endNs) +
      lossDuring(aggregate.told, startBesideNs, endNs + shift);
    counted.set(run.scenario.name, {
      summary: countsIn(captured, capture.events, netns, startNs),
      aggregate: countsIn(captured, aggregate.told, netns, startBesideNs),
      excuse: excuseOf(run, skipped),
    });
  }
  if (namespace !== null && many !== null) {
    const { header } = aggregate.session;
    const own = eventsOf(aggregate.told, new Set([namespace.inode]), 0, Number.POSITIVE_INFINITY);
    const trace = new Trace({ sysctls: header.sysctls, seesMiniEnd: true });
    for (const event of own) if (isProbes(event)) trace.step(event);
    crowd = { connections: many.connections, trace, footer: end };
    await namespace.remove();
  }
  return capture;
}

/**
 * What a report of the scenario's two namespaces alone would count, until its end and beyond, and
 * how many of those that did not end well, or sent again, it would list.
 */
function countsIn(
  captured: PlayedScenario["captured"],
  events: readonly TraceEvent[],
  netns: ReadonlySet<number>,
  startNs: number,
): unknown {
  const own = eventsOf(events, netns, startNs, Number.POSITIVE_INFINITY).filter(isProbes);
  const trace = traceOf({ ...captured, events: own }, own.at(-1)?.t ?? 0);
  const { endpoints, teardowns, byVerdict, byRole, retransmits } = trace.summary();
  const abnormal = [...trace.endpoints()].filter(
    ({ resends, verdict }) => resends.length > 0 || verdict !== "graceful",
  ).length;
  return { endpoints, teardowns, byVerdict, byRole, retransmits, abnormal };
}

function excuseOf(run: ScenarioRun, skipped: number): string | null {
  if (skipped > 0) return `${skipped} probe runs skipped`;
  if (run.error !== null) return "not played to its end";
  return isDisturbed(run) ? "segments sent again that nobody dropped" : null;
}

function isSame(counts: Counted | undefined): boolean {
  return counts !== undefined && isDeepStrictEqual(counts.summary, counts.aggregate);
}

test("each account is even", async (ctx) => {
  await requireTracing(ctx);
  const even = { lost: 0, unparsed: 0, balanced: true };
  expect(summary?.footer.ledger).toMatchObject(even);
  if (isCompared) expect(footer?.ledger).toMatchObject(even);
  expect(crowd?.footer.ledger).toMatchObject(even);
});

test("aggregate counts every one of many plain connections, and lists few", async (ctx) => {
  await requireTracing(ctx);
  const { connections, trace, footer: end } = crowd as Crowd;
  const { endpoints, itemised, byVerdict, byRole, counted: places } = trace.summary();
  const { skipped } = end.ledger;
  const why = JSON.stringify({ connections, endpoints, itemised, byVerdict, byRole, skipped });
  expect(endpoints, why).toBeLessThanOrEqual(2 * connections);
  // On one host some FINs cross.
  const closed = byRole.active + byRole.passive + byRole.simultaneous;
  for (const count of [endpoints, byVerdict.graceful, closed]) {
    expect(count, why).toBeGreaterThanOrEqual(2 * (connections - skipped));
  }
  expect(itemised, why).toBeLessThan(endpoints / 2);
  expect(places?.map(({ side, role }) => `${side} ${role}`).sort()).toEqual(
    expect.arrayContaining(["in passive", "out active"]),
  );
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
    const { session, told } = transitions as Beside;
    const shift = startOf(session) - startOf(summary?.session as LiveSession);
    const events = told.map((event) => shifted(event, shift));
    const since = (captured.events[0]?.t ?? 0) - CLOCKS_NS;
    const own = eventsOf(events, namespaces, since, captured.facts.endNs);
    // Each session looks at the host when it will: what is compared is what the probes told.
    const storiesIn = (all: readonly TraceEvent[]) =>
      storiesOf(traceOf({ ...captured, events: all.filter(isProbes) }, captured.facts.endNs));
    expect(storiesIn(captured.events)).toEqual(storiesIn(own));
  };
  if (isCompared) test("gives the same endpoints in both", gives);

  test("aggregate counts the same verdicts and roles", () => {
    const { summary, aggregate } = counted.get(name) ?? {};
    expect(aggregate).toBeDefined();
    expect(aggregate).toEqual(summary);
  });

  test.each(truths)("$end $connection in summary: $role, $verdict", (truth) => {
    checkStory(truth, playedAs(name));
  });
});

function playedAs(name: string): PlayedScenario {
  const each = played.get(name);
  if (each === undefined) throw new Error(`${name} did not run`);
  return each;
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
