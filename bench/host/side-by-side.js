// @ts-check
// The same load under each tracer in turn: what the kernel, the load and the tracer itself pay.
import { setTimeout as sleep } from "node:timers/promises";
import { figure } from "../measure.js";
import { programs, stateProbes, sumOf } from "./kernel-programs.js";
import { Churn } from "./load.js";
import { FLAT_OUT_S, LEAD_S, ROUNDS } from "./pace.js";
import { cpuSeconds } from "./process-tree.js";
import { RunningTracer, TRACERS } from "./tracers.js";

/** @typedef {{ rate: number, nsPerRun: number, nsOfAll: number, cpuPerMillion: number }} Cost */

/** One tracer, or none, under connections that open and close flat out. @param {string | null} name */
async function flatOut(name) {
  const tracer = TRACERS.find((each) => each.name === name);
  const before = new Set(programs().map(({ id }) => id));
  const running = tracer === undefined ? null : await RunningTracer.start(tracer);
  const all = () => programs().filter(({ id }) => !before.has(id));
  const mine = () => stateProbes(all());
  await (await Churn.prepare(0, LEAD_S)).run();
  const churn = await Churn.prepare(0, FLAT_OUT_S);
  const startCpu = running === null ? 0 : cpuSeconds(running.pid);
  const start = sumOf(running === null ? [] : mine());
  const startOfAll = sumOf(running === null ? [] : all());
  const { connections, seconds } = await churn.run();
  // What waits in buffers is worked off before it is counted.
  if (running !== null) await sleep(1500);
  const end = sumOf(running === null ? [] : mine());
  const endOfAll = sumOf(running === null ? [] : all());
  const cpu = running === null ? 0 : cpuSeconds(running.pid) - startCpu;
  await running?.stop();
  running?.remove();
  const runs = end.runs - start.runs;
  return {
    rate: connections / seconds,
    nsPerRun: runs === 0 ? 0 : (end.ns - start.ns) / runs,
    // What a probe leaves for another program to hand over is paid there.
    nsOfAll: runs === 0 ? 0 : (endOfAll.ns - startOfAll.ns) / runs,
    cpuPerMillion: runs === 0 ? 0 : (cpu / runs) * 1e6,
  };
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
