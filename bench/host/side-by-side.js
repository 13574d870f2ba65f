// @ts-check
// The same load under each tracer in turn: what the kernel, the load and the tracer itself pay.
import { setTimeout as sleep } from "node:timers/promises";
import { figure } from "../measure.js";
import { measurePrograms, programs, stateProbes, sumOf } from "./kernel-programs.js";
import { Churn } from "./load.js";
import { FLAT_OUT_S, LEAD_S, MEASURED_S, ROUNDS } from "./pace.js";
import { cpuSeconds } from "./process-tree.js";
import { RunningTracer, TRACERS } from "./tracers.js";

/** @typedef {{ rate: number, nsPerRun: number, nsOfAll: number, cpuPerMillion: number }} Cost */

/**
 * One tracer, or none, under connections that open and close flat out: first the rate that it
 * leaves and its own CPU, then what its programs take in the kernel.
 *
 * @param {string | null} name
 * @returns {Promise<Cost>}
 */
async function flatOut(name) {
  const tracer = TRACERS.find((each) => each.name === name);
  const before = new Set(programs().map(({ id }) => id));
  const running = tracer === undefined ? null : await RunningTracer.start(tracer);
  try {
    await (await Churn.prepare(0, LEAD_S)).run();
    const churn = await Churn.prepare(0, FLAT_OUT_S);
    const startCpu = running === null ? 0 : cpuSeconds(running.pid);
    const { connections, seconds } = await churn.run();
    const rate = connections / seconds;
    if (running === null) return { rate, nsPerRun: 0, nsOfAll: 0, cpuPerMillion: 0 };
    // What waits in buffers is worked off before it is counted.
    await sleep(1500);
    const cpu = cpuSeconds(running.pid) - startCpu;
    const { changes, ns, nsOfAll } = await kernelTime(before);
    return {
      rate,
      nsPerRun: ns / changes.runs,
      // What a probe leaves for another program to hand over is paid there.
      nsOfAll: nsOfAll / changes.runs,
      cpuPerMillion: (cpu / ((connections / changes.connections) * changes.runs)) * 1e6,
    };
  } finally {
    await running?.stop();
    running?.remove();
  }
}

/**
 * What the programs that were not there before take under the same load.
 *
 * @param {ReadonlySet<number>} before their ids
 */
async function kernelTime(before) {
  const mine = () => programs().filter(({ id }) => !before.has(id));
  const churn = await Churn.prepare(0, MEASURED_S);
  const restore = measurePrograms();
  try {
    const [start, startOfAll] = [sumOf(stateProbes(mine())), sumOf(mine())];
    const { connections } = await churn.run();
    await sleep(1500);
    const [end, endOfAll] = [sumOf(stateProbes(mine())), sumOf(mine())];
    const changes = { runs: end.runs - start.runs, connections };
    return { changes, ns: end.ns - start.ns, nsOfAll: endOfAll.ns - startOfAll.ns };
  } finally {
    restore();
  }
}

export async function sideBySide() {
  /** @type {Map<string, Cost[]>} */
  const costs = new Map();
  const names = ["untraced", ...TRACERS.map(({ name }) => name)];
  for (let round = 0; round < ROUNDS; round++) {
    // Each round begins with another one, so that none has always the warmest host.
    const turned = [...names.slice(round % names.length), ...names.slice(0, round % names.length)];
    for (const name of turned) {
      const cost = await flatOut(name === "untraced" ? null : name).catch((error) => {
        process.stderr.write(`${error.message}\n`);
        const none = Number.NaN;
        return { rate: none, nsPerRun: none, nsOfAll: none, cpuPerMillion: none };
      });
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
  // Whatever tells of each change does more than to count it.
  figure(
    "connection rate flat out: bpftrace that only counts over untraced",
    ratios("bpftrace counting", "untraced", "rate"),
    "",
    "",
    null,
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
  for (const detail of ["transitions", "summary"]) {
    const beside = detail === "summary" ? "tcplife" : "tcpstates";
    const title = `kernel time of all its programs a state change: ${detail} over ${beside}`;
    figure(title, ratios(`lastack ${detail}`, beside, "nsOfAll"), "", "", null);
  }
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
      `${name}: kernel time of all its programs a state change`,
      list.map(({ nsOfAll }) => nsOfAll / 1000),
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
