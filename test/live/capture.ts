/** Plays scenarios while lastack traces, and cuts its events into one recording a scenario. */
import { setTimeout as sleep } from "node:timers/promises";
import type { WantedDetail } from "../../src/event/detail.ts";
import type { RecordingFooter } from "../../src/event/recording.ts";
import { parseStartedAt } from "../../src/event/time.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { LiveSession } from "../../src/session/live-session.ts";
import { type CapturedScenario, eventsOf } from "../scenario/captured-scenario.ts";
import { type NetSource, runScenarios, type ScenarioRun } from "./run-scenarios.ts";
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
  readonly footer: RecordingFooter;
}

/** A checkpoint's wall clock is cut to milliseconds: what it saw may have happened within it. */
const WALL_GRAIN_NS = 1e6;

/** What goes on beside the scenarios while lastack traces. */
export interface Companion {
  readonly nets: NetSource;
  /** The scenarios are over. */
  finish(): Promise<void>;
}

/** How to capture. */
export interface CaptureOptions {
  /** How many scenarios at once. */
  readonly concurrency: number;
  /** `transitions` unless told otherwise. */
  readonly detail?: WantedDetail;
  /** Probes to leave out, as on a kernel that has no such tracepoint or field. */
  readonly withoutProbes?: readonly string[];
  readonly companion?: (session: LiveSession) => Promise<Companion>;
  /** Who traces beside, and must have begun before the scenarios do. */
  readonly beside?: Promise<unknown>;
}

/** Trace this host while the scenarios run. */
export async function captureScenarios(
  list: readonly Scenario[],
  options: CaptureOptions,
): Promise<Capture> {
  const { detail = "transitions", withoutProbes = [] } = options;
  const session = await LiveSession.start({ version: "0.0.0-test", detail, withoutProbes });
  const events: TraceEvent[] = [];
  session.onEvents((batch) => {
    for (const event of batch) events.push(event);
  });
  await Promise.all([session.readHost(), options.beside]);
  const companion = await options.companion?.(session);
  const lookedAt = new Map<string, number>();
  const runs = await runScenarios(list, {
    concurrency: options.concurrency,
    ...(companion && { nets: companion.nets }),
    beforeCleaning: async (scenario, netns) => {
      if (!needsLook(scenario) && withoutProbes.length === 0) return;
      await session.look(new Set(netns));
      // A row of the table is dated a margin later than it was read; what the clean-up ends must
      // come later still.
      const atNs = Math.max(session.now(), session.trace.now);
      lookedAt.set(scenario.name, atNs);
      await sleep(Math.max(0, atNs - session.now()) / 1e6 + 1);
    },
  });
  await companion?.finish();
  const footer = await session.stop();
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
  return { played, events, session, footer };
}

/**
 * Whether its truth holds only once lastack has looked at the host: at receive queues, holders,
 * sysctls, or a mini-socket that was never made. Everything else the probes have told by then.
 */
function needsLook({ expect }: Scenario): boolean {
  return expect.some(
    ({ findings, state, states }) =>
      findings.length > 0 ||
      state === "CLOSE_WAIT" ||
      (state === "CLOSE" && /^(FIN_WAIT2|TIME_WAIT)$/.test(states.at(-1) ?? "")),
  );
}
