/** Plays scenarios while lastack traces, and cuts its events into one recording a scenario. */
import type { WantedDetail } from "../../src/event/detail.ts";
import { parseStartedAt } from "../../src/event/time.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { LiveSession } from "../../src/session/live-session.ts";
import { type CapturedScenario, eventsOf } from "../scenario/captured-scenario.ts";
import { runScenarios, type ScenarioRun } from "./run-scenarios.ts";
import type { Scenario } from "./scenario.ts";

/** A scenario that was played, with what lastack recorded of it. */
export interface PlayedScenario {
  readonly run: ScenarioRun;
  readonly captured: CapturedScenario;
}

/** What a capture gives back. */
export interface Capture {
  readonly played: readonly PlayedScenario[];
  readonly events: readonly TraceEvent[];
  readonly session: LiveSession;
}

/** A checkpoint's wall clock is cut to milliseconds: what it saw may have happened within it. */
const WALL_GRAIN_NS = 1e6;

/** Trace this host while the scenarios run. */
export async function captureScenarios(
  list: readonly Scenario[],
  concurrency: number,
  detail: WantedDetail = "transitions",
): Promise<Capture> {
  const session = await LiveSession.start({ version: "0.0.0-test", detail });
  const events: TraceEvent[] = [];
  session.onEvents((batch) => {
    for (const event of batch) events.push(event);
  });
  await session.readHost();
  const lookedAt = new Map<string, number>();
  const runs = await runScenarios(list, {
    concurrency,
    beforeCleaning: async ({ name }) => {
      await session.look();
      // A row of the table is dated a margin later than it was read.
      lookedAt.set(name, Math.max(session.now(), session.trace.now));
    },
  });
  await session.stop();
  const { header } = session;
  const origin = parseStartedAt(header.startedAt)?.epochNs ?? 0n;
  const toNs = (iso: string) =>
    Number(BigInt(Date.parse(iso)) * 1_000_000n - origin) + WALL_GRAIN_NS;
  const played = runs.map((run) => {
    const lastNs = toNs(run.endedAt);
    const endNs = Math.max(lastNs, lookedAt.get(run.scenario.name) ?? 0);
    const connectionEndNs = run.connections.map(({ name }) => {
      const seen = run.checkpoints.filter((point) =>
        point.seen.some(({ connection }) => connection === name),
      );
      const seenNs = toNs(seen.at(-1)?.at ?? run.endedAt);
      return seenNs >= lastNs ? endNs : seenNs;
    });
    const { connections } = run;
    const facts = { name: run.scenario.name, connections, connectionEndNs, endNs };
    const namespaces = new Set([run.netns.client, run.netns.server]);
    const own = eventsOf(events, namespaces, toNs(run.startedAt) - 2 * WALL_GRAIN_NS, endNs);
    return { run, captured: { facts, header, events: own } };
  });
  return { played, events, session };
}
