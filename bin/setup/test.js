// @ts-check
// The way from a checkout to the last line of `npm test`.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failures } from "./failures.js";
import { gatherFacts, isSet } from "./gather-facts.js";
import { perform, runNpm } from "./perform.js";
import { planTest } from "./plan.js";
import { Interrupted } from "./run-command.js";
import { isGood, sum, tally, tallyLine } from "./tally.js";
import { planVitest } from "./vitest-runs.js";

/** @typedef {import('./this-host.js').Host} Host */
/** @typedef {import('./tally.js').VitestResult} VitestResult */
/** @typedef {import('./tally.js').Tally} Tally */
/** @typedef {{ result: VitestResult | null, code: number }} RunEnd what vitest wrote, and its exit code */
/** @typedef {import('./vitest-runs.js').VitestRun} VitestRun */

const HELP = `Usage: npm test -- [--yes] [arguments of vitest run]

Sets up what is missing, then runs format, lint, types and all tests. Run as root for the live ones,
which also need some system packages; without, they are skipped and say why.

  -y, --yes   install system packages without asking
  -h, --help  show this
`;

/**
 * Set up, check, test. Whatever happens, the last line on stdout is the count; a failed build or
 * check counts as one failed test.
 *
 * @param {readonly string[]} args of the user; what is not ours goes to vitest
 * @param {Host} host
 * @returns {Promise<number>} the exit code
 */
export async function test(args, host) {
  if (args.includes("-h") || args.includes("--help")) {
    host.print(HELP);
    return 0;
  }
  const saidYes = args.includes("-y") || args.includes("--yes");
  const isCi = isSet(host.env.CI);
  let counts = { passed: 0, failed: 1, skipped: 0 };
  let code = 1;
  try {
    const setUpFailures = await setUp(saidYes, host);
    counts = await runTests(
      args.filter((arg) => arg !== "-y" && arg !== "--yes"),
      host,
    );
    counts.failed += setUpFailures;
    code = isGood(counts, isCi) ? 0 : 1;
    if (isCi && counts.skipped > 0) host.say("on CI a skipped test counts as a failure");
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    code = error.exitCode;
  }
  host.print(`${tallyLine(counts)}\n`);
  return code;
}

/**
 * @param {boolean} saidYes
 * @param {Host} host
 * @returns {Promise<number>} how many of install, build and check failed
 */
async function setUp(saidYes, host) {
  let failures = 0;
  for (const step of planTest(gatherFacts(host, "test"), { saidYes })) {
    if (step.kind === "open") continue;
    const failure = await perform(step, host);
    if (failure === null) continue;
    if (step.kind === "npm-ci" || step.kind === "build") failures += 1;
    host.say(`${failure}${step.kind === "install" ? ": tests that need it are skipped" : ""}`);
  }
  const failure = await runNpm(["run", "--silent", "check"], host);
  if (failure === null) return failures;
  host.say(failure);
  return failures + 1;
}

/**
 * @param {readonly string[]} args
 * @param {Host} host
 * @returns {Promise<Tally>}
 */
async function runTests(args, host) {
  /** @type {RunEnd[]} */
  const ends = [];
  for (const runs of planVitest(args, host.uid === 0)) ends.push(...(await runStage(runs, host)));
  for (const line of ends.flatMap(({ result }) => failures(result, host.root)))
    host.print(`${line}\n`);
  return sum(ends.map(({ result, code }) => tally(result, code)));
}

/**
 * @param {readonly VitestRun[]} runs
 * @param {Host} host
 * @returns {Promise<RunEnd[]>}
 */
async function runStage(runs, host) {
  const directory = mkdtempSync(join(tmpdir(), "lastack-test-"));
  // Those aside step back as long as it is there.
  const marker = join(directory, "live");
  writeFileSync(marker, "");
  const kept = join(directory, "output");
  const file = openSync(kept, "w");
  try {
    const ends = await Promise.allSettled(
      runs.map(async ({ args, isAside }, i) => {
        const result = join(directory, `${i}.json`);
        const command = vitestCommand(args, result, host);
        const { code } = isAside
          ? await host.run(command, {
              cwd: host.root,
              env: { ...host.env, LASTACK_LIVE_TESTS: marker },
              output: file,
            })
          : await host.run(command, { cwd: host.root, output: "to stdout" });
        if (!isAside) rmSync(marker, { force: true });
        return { result: readResult(result), code };
      }),
    );
    return ends.map((end) => {
      if (end.status === "rejected") throw end.reason;
      return end.value;
    });
  } finally {
    closeSync(file);
    host.print(readFileSync(kept, "utf8"));
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * @param {readonly string[]} args
 * @param {string} result where its JSON goes
 * @param {Host} host
 * @returns {[string, ...string[]]}
 */
function vitestCommand(args, result, host) {
  return [
    host.node,
    join(host.root, "node_modules/.bin/vitest"),
    "run",
    `--config=${join(host.root, "test/vitest.config.ts")}`,
    "--configLoader=runner",
    "--reporter=default",
    `--reporter=${join(host.root, "bin/setup/skip-reporter.js")}`,
    "--reporter=json",
    `--outputFile.json=${result}`,
    ...args,
  ];
}

/** @param {string} path @returns {VitestResult | null} */
function readResult(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}
