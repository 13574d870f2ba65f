/** Runs scenarios side by side, each in namespaces of its own, and reports what they did. */
import type { Checkpoint, Registered } from "./checkpoint.ts";
import { Context } from "./context.ts";
import { Net } from "./net.ts";
import { type End, patienceOf, type Scenario, secondsOf } from "./scenario.ts";

/** What became of one scenario. */
export interface ScenarioRun {
  readonly scenario: Scenario;
  /** Inodes of the two namespaces. */
  readonly netns: Readonly<Record<End, number>>;
  /** ISO 8601: before the namespaces, and the last checkpoint, for which the truth holds. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly connections: readonly Registered[];
  readonly checkpoints: readonly Checkpoint[];
  /** RetransSegs of the two namespaces at the end. */
  readonly resentSegments: Readonly<Record<End, number>>;
  /** Why it could not be played to its end; null when it was. */
  readonly error: Error | null;
}

/** Where the networks of scenarios come from; it is told before one is removed. */
export interface NetSource {
  create(): Promise<Net>;
  forget(net: Net): void;
}

/** How scenarios are run. */
export interface RunOptions {
  readonly concurrency: number;
  readonly nets?: NetSource;
  /** Awaited after a scenario's last checkpoint, while its sockets still stand. */
  readonly beforeCleaning?: (scenario: Scenario, netns: readonly number[]) => Promise<void>;
}

/**
 * Run every scenario once, at most `concurrency` at a time, the longest first.
 *
 * A scenario that fails or takes too long is reported, not thrown; its actors are killed and its
 * namespaces removed before the next one takes its place. One that a starved host has disturbed
 * is played anew, and one that was not played to its end once more alone, which is said.
 */
export async function runScenarios(
  list: readonly Scenario[],
  options: RunOptions,
): Promise<ScenarioRun[]> {
  const queue = [...list].sort((a, b) => secondsOf(b) - secondsOf(a));
  const runs: ScenarioRun[] = [];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      let run = await runScenario(next, options);
      for (let again = 0; again < 2 && isDisturbed(run); again += 1) {
        run = await runScenario(next, options);
      }
      runs.push(run);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  for (const [i, { scenario, error }] of runs.entries()) {
    if (error === null) continue;
    console.warn(`${scenario.name} is played again, alone, for ${error.message.split("\n")[0]}`);
    runs[i] = await runScenario(scenario, options);
  }
  return runs.sort((a, b) => list.indexOf(a.scenario) - list.indexOf(b.scenario));
}

/** Whether segments were sent again in a scenario that loses none: a CPU was away for 200 ms. */
export function isDisturbed({ scenario, resentSegments }: ScenarioRun): boolean {
  const isLossless = scenario.expect.every(({ resends }) => resends.length === 0);
  return isLossless && resentSegments.client + resentSegments.server > 0;
}

async function runScenario(
  scenario: Scenario,
  { beforeCleaning, nets }: RunOptions,
): Promise<ScenarioRun> {
  // What a namespace's counters stood at is told when it is found, which may be before its first
  // packet.
  const startedAt = new Date().toISOString();
  const context = new Context(await (nets ?? Net).create(), scenario);
  let error: Error | null = null;
  try {
    await withinTime(scenario.run(context), patienceOf(scenario) * 1000);
  } catch (problem) {
    error = new Error(`${problem}\n${await context.describe()}`, { cause: problem });
  }
  const resentSegments = await countResent(context);
  const netns = { client: context.net.client.inode(), server: context.net.server.inode() };
  await beforeCleaning?.(scenario, Object.values(netns));
  nets?.forget(context.net);
  await context.dispose();
  const { connections, checkpoints } = context;
  return {
    scenario,
    netns,
    startedAt,
    endedAt: checkpoints.at(-1)?.at ?? startedAt,
    connections,
    checkpoints,
    resentSegments,
    error,
  };
}

async function countResent(context: Context): Promise<Record<End, number>> {
  const read = async (end: End) =>
    (await context.namespaceOf(end).counters()).get("RetransSegs") ?? 0;
  return { client: await read("client"), server: await read("server") };
}

async function withinTime(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
