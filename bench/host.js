// @ts-check
// What tracing costs this host, side by side with other tracers: `sudo npm run bench:host`.
//
// Figures are ratios within one interleaved run, medians of the rounds; `--quick` is one short
// round of everything, to see that it works, and writes no figures.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { measurePrograms, programs, stateProbes, sumOf } from "./host/kernel-programs.js";
import { Churn } from "./host/load.js";
import { cpuSeconds, peakMegabytes } from "./host/process-tree.js";
import { LAUNCHER, RunningTracer, TRACERS } from "./host/tracers.js";
import { figure, median, save } from "./measure.js";

const IS_QUICK = process.argv.includes("--quick");
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? (IS_QUICK ? 1 : 5));
const FLAT_OUT_S = IS_QUICK ? 2 : 5;
const STEADY_S = IS_QUICK ? 5 : 60;
const IDLE_S = IS_QUICK ? 10 : 60;
const STALLS = IS_QUICK ? 1 : 100;
const STEADY_RATE = 2000;

/** @typedef {{ rate: number, nsPerRun: number, cpuPerMillion: number }} Cost */

/** One tracer, or none, under connections that open and close flat out. @param {string | null} name */
async function flatOut(name) {
  const tracer = TRACERS.find((each) => each.name === name);
  const before = new Set(programs().map(({ id }) => id));
  const running = tracer === undefined ? null : await RunningTracer.start(tracer);
  const mine = () => stateProbes(programs().filter(({ id }) => !before.has(id)));
  const churn = await Churn.prepare(0, FLAT_OUT_S);
  const startCpu = running === null ? 0 : cpuSeconds(running.pid);
  const start = sumOf(running === null ? [] : mine());
  const { connections, seconds } = await churn.run();
  // What waits in buffers is worked off before it is counted.
  if (running !== null) await sleep(1500);
  const end = sumOf(running === null ? [] : mine());
  const cpu = running === null ? 0 : cpuSeconds(running.pid) - startCpu;
  await running?.stop();
  running?.remove();
  const runs = end.runs - start.runs;
  return {
    rate: connections / seconds,
    nsPerRun: runs === 0 ? 0 : (end.ns - start.ns) / runs,
    cpuPerMillion: runs === 0 ? 0 : (cpu / runs) * 1e6,
  };
}

async function sideBySide() {
  /** @type {Map<string, Cost[]>} */
  const costs = new Map();
  const names = ["untraced", ...TRACERS.map(({ name }) => name)];
  for (let round = 0; round < ROUNDS; round++) {
    // Each round begins with another one, so that none has always the warmest host.
    const turned = [...names.slice(round % names.length), ...names.slice(0, round % names.length)];
    for (const name of turned) {
      const cost = await flatOut(name === "untraced" ? null : name);
      costs.set(name, [...(costs.get(name) ?? []), cost]);
      const { rate, nsPerRun, cpuPerMillion } = cost;
      process.stderr.write(
        `${round + 1}/${ROUNDS} ${name.padEnd(22)} ${rate.toFixed(0)}/s ${nsPerRun.toFixed(0)} ns ${cpuPerMillion.toFixed(1)} CPU s/M\n`,
      );
    }
  }
  /** @param {string} a @param {string} b @param {keyof Cost} what */
  const ratios = (a, b, what) =>
    (costs.get(a) ?? []).map((cost, i) => cost[what] / (costs.get(b)?.[i]?.[what] ?? Number.NaN));
  /** @param {string} title @param {string} a @param {string} b @param {keyof Cost} what @param {number} limit @param {boolean} atLeast */
  const compare = (title, a, b, what, limit, atLeast) => {
    const words = atLeast ? `at least ${limit}` : `at most ${limit}`;
    figure(title, ratios(a, b, what), "", words, (v) => (atLeast ? v >= limit : v <= limit));
  };
  compare(
    "kernel time a run: transitions over tcpstates",
    "lastack transitions",
    "tcpstates",
    "nsPerRun",
    1,
    false,
  );
  compare(
    "kernel time a run: summary over tcplife",
    "lastack summary",
    "tcplife",
    "nsPerRun",
    1.2,
    false,
  );
  compare(
    "kernel time a run: aggregate over tcplife",
    "lastack aggregate",
    "tcplife",
    "nsPerRun",
    0.4,
    false,
  );
  compare(
    "connection rate flat out: auto over untraced",
    "lastack auto",
    "untraced",
    "rate",
    0.9,
    true,
  );
  compare(
    "connection rate flat out: auto over tcplife",
    "lastack auto",
    "tcplife",
    "rate",
    1,
    true,
  );
  compare(
    "connection rate flat out: auto over tcpstates",
    "lastack auto",
    "tcpstates",
    "rate",
    1.5,
    true,
  );
  compare(
    "CPU seconds a million transitions: auto over tcpstates",
    "lastack auto",
    "tcpstates",
    "cpuPerMillion",
    0.5,
    false,
  );
  for (const [name, list] of costs) {
    figure(
      `${name}: connections flat out`,
      list.map(({ rate }) => rate),
      "/s",
      "",
      null,
    );
    if (name === "untraced") continue;
    figure(
      `${name}: kernel time a run`,
      list.map(({ nsPerRun }) => nsPerRun / 1000),
      "us",
      "",
      null,
    );
    figure(
      `${name}: CPU a million transitions`,
      list.map((c) => c.cpuPerMillion),
      "s",
      "",
      null,
    );
  }
}

/** @typedef {{ counted: number, received: number, lost: number, skipped: number, balanced: boolean }} Ledger */

/** The last line of a recording. @param {string} path @returns {Ledger} */
function ledgerOf(path) {
  const text = readFileSync(path, "utf8");
  return JSON.parse(text.slice(text.lastIndexOf("\n", text.length - 2) + 1)).ledger;
}

/** Skipped runs that the gaps of a recording tell of. @param {string} path */
function skippedInGaps(path) {
  let sum = 0;
  for (const line of readFileSync(path, "utf8").split("\n")) {
    if (line.includes('"cause":"skipped"')) sum += JSON.parse(line).count;
  }
  return sum;
}

/** @param {string} detail @param {number} netns @returns {import("./host/tracers.js").Tracer} */
const inNamespace = (detail, netns) => ({
  name: `lastack ${detail} steady`,
  argv: (out) => [
    process.execPath,
    LAUNCHER,
    "record",
    "-q",
    "-o",
    out,
    "--detail",
    detail,
    "--netns",
    String(netns),
  ],
});

async function steady() {
  const churn = await Churn.prepare(STEADY_RATE, STEADY_S);
  const tracer = await RunningTracer.start(inNamespace("transitions", churn.netns));
  const { connections, seconds } = await churn.run();
  await sleep(2500);
  const peak = peakMegabytes(tracer.pid);
  await tracer.stop();
  const { counted, received, lost, skipped, balanced } = ledgerOf(tracer.out);
  const unexplained = skipped - skippedInGaps(tracer.out);
  tracer.remove();
  figure(
    `connections a second for ${STEADY_S} s, transitions`,
    [connections / seconds],
    "/s",
    `${STEADY_RATE}`,
    (v) => v > 0.98 * STEADY_RATE,
  );
  figure("records a second of these", [counted / seconds], "/s", "", null);
  figure("records not received", [counted - received], "", "0", (v) => v === 0);
  figure("records lost, by their numbers", [lost], "", "0", (v) => v === 0);
  figure("ledger balanced", [Number(balanced)], "", "1", (v) => v === 1);
  figure("probe runs skipped by the kernel", [skipped], "", "", null);
  figure("of these in no gap", [unexplained], "", "0", (v) => v === 0);
  figure("memory of the tree, peak", [peak], "MB", "under 250", (v) => v < 250);
}

async function everyConnection() {
  const churn = await Churn.prepare(0, FLAT_OUT_S);
  const tracer = await RunningTracer.start(inNamespace("auto", churn.netns));
  const { connections } = await churn.run();
  await sleep(2500);
  await tracer.stop();
  const { lost, skipped } = ledgerOf(tracer.out);
  const report = spawnSync(process.execPath, [LAUNCHER, "report", tracer.out, "--format", "json"], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  tracer.remove();
  const { endpoints } = JSON.parse(report.stdout).summary;
  const missing = 2 * connections - endpoints;
  figure("connections flat out, auto", [connections], "", "", null);
  figure("endpoints that the summary does not count", [missing], "", "", null);
  figure("lost or skipped, by the ledger", [lost + skipped], "", "", null);
  figure(
    "endpoints missing from both",
    [Math.max(0, missing - lost - skipped)],
    "",
    "0",
    (v) => v === 0,
  );
}

/** CPU of a tree while nothing is done to it, percent of one core. @param {number} pid @param {number} forS */
async function usage(pid, forS) {
  const before = cpuSeconds(pid);
  const since = performance.now();
  await sleep(forS * 1000);
  return ((cpuSeconds(pid) - before) / ((performance.now() - since) / 1000)) * 100;
}

async function idle() {
  const tracer = await RunningTracer.start({
    ...inNamespace("auto", 0),
    argv: (out) => [process.execPath, LAUNCHER, "record", "-q", "-o", out],
  });
  await sleep(3000);
  const percent = await usage(tracer.pid, IDLE_S);
  await tracer.stop();
  tracer.remove();
  figure(
    `idle for ${IDLE_S} s: CPU of the tree`,
    [percent],
    "% of a core",
    "under 1",
    (v) => v < 1,
  );
}

/** The dashboard in a terminal of its own, over what the same host costs `record`. */
async function dashboard() {
  const hold = spawn(
    "python3",
    [fileURLToPath(new URL("./load/hold.py", import.meta.url)), "5000"],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  await once(hold.stdout, "data");
  const forS = IS_QUICK ? 5 : 20;
  const recorder = await RunningTracer.start({
    name: "lastack record",
    argv: (out) => [process.execPath, LAUNCHER, "record", "-q", "-o", out],
  });
  await sleep(5000);
  const recording = await usage(recorder.pid, forS);
  await recorder.stop();
  recorder.remove();
  const command = `stty cols 120 rows 40; exec '${process.execPath}' '${LAUNCHER}' live --fps 4`;
  const screen = spawn("script", ["-qfec", command, "/dev/null"], {
    stdio: ["pipe", "ignore", "ignore"],
    env: { ...process.env, TERM: "xterm-256color" },
  });
  await sleep(10_000);
  const live = await usage(/** @type {number} */ (screen.pid), forS);
  screen.stdin.write("q");
  const hasLeft = await Promise.race([once(screen, "exit"), sleep(5000, null)]);
  if (hasLeft === null) screen.kill("SIGTERM");
  hold.stdin.end();
  figure("record over 10,000 endpoints: CPU of the tree", [recording], "% of a core", "", null);
  figure(
    "dashboard at 4 frames a second above that",
    [live - recording],
    "% of a core",
    "at most 10",
    (v) => v <= 10,
  );
}

/** The reader stands still for 6 s under load, again and again: what is shown is what was lost. */
async function stalls() {
  const tracer = await RunningTracer.start({
    name: "lastack stalled",
    argv: (out) => [
      process.execPath,
      LAUNCHER,
      "record",
      "-q",
      "-o",
      out,
      "--detail",
      "transitions",
    ],
  });
  for (let i = 0; i < STALLS; i++) {
    const churn = await Churn.prepare(0, 6);
    tracer.child.kill("SIGSTOP");
    await churn.run();
    tracer.child.kill("SIGCONT");
    await sleep(3000);
  }
  await sleep(2500);
  await tracer.stop();
  const { counted, received, lost } = ledgerOf(tracer.out);
  tracer.remove();
  figure(`records lost in ${STALLS} stalls of 6 s`, [lost], "", "", null);
  figure("loss shown less loss real", [lost - (counted - received)], "", "0", (v) => v === 0);
}

const restore = measurePrograms();
try {
  await sideBySide();
  await steady();
  await everyConnection();
  await idle();
  await dashboard();
  await stalls();
} finally {
  restore();
}
spawnSync(
  process.execPath,
  ["--expose-gc", fileURLToPath(new URL("./host/million.js", import.meta.url))],
  { stdio: "inherit" },
);
if (!IS_QUICK) save("On a busy host");
process.stdout.write(
  `rounds: ${ROUNDS}; ${median([1]) === 1 && IS_QUICK ? "quick, nothing written" : "done"}\n`,
);
