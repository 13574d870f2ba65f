// @ts-check
// What a recording holds of a load that is known: nothing missing, and where so, to the unit.
import { spawnSync } from "node:child_process";
import { closeSync, createReadStream, fstatSync, openSync, readSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { figure } from "../measure.js";
import { Churn } from "./load.js";
import { FLAT_OUT_S, STALLS, STEADY_RATE, STEADY_S } from "./pace.js";
import { fileMegabytes, peakMegabytes } from "./process-tree.js";
import { LAUNCHER, RunningTracer } from "./tracers.js";

/** @typedef {{ counted: number, received: number, lost: number, skipped: number, balanced: boolean }} Ledger */

/** The last line of a recording. @param {string} path @returns {Ledger} */
function ledgerOf(path) {
  const fd = openSync(path, "r");
  const { size } = fstatSync(fd);
  const tail = Buffer.alloc(Math.min(size, 65_536));
  readSync(fd, tail, 0, tail.length, size - tail.length);
  closeSync(fd);
  return JSON.parse(tail.toString().trimEnd().split("\n").at(-1) ?? "").ledger;
}

/** Skipped runs that the gaps of a recording tell of. @param {string} path */
async function skippedInGaps(path) {
  let sum = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line.includes('"cause":"skipped"')) sum += JSON.parse(line).count;
  }
  return sum;
}

/** @param {string} detail @param {string[]} more @returns {import("./tracers.js").Tracer} */
const recorder = (detail, ...more) => ({
  name: `lastack ${detail} recorded`,
  argv: (out) => [
    process.execPath,
    LAUNCHER,
    "record",
    "-q",
    "-o",
    out,
    "--detail",
    detail,
    ...more,
  ],
});

export async function steady() {
  const churn = await Churn.prepare(STEADY_RATE, STEADY_S);
  const tracer = await RunningTracer.start(recorder("transitions", "--netns", `${churn.netns}`));
  const { connections, seconds } = await churn.run();
  await sleep(2500);
  const peak = peakMegabytes(tracer.pid);
  const files = fileMegabytes(tracer.pid);
  await tracer.stop();
  const { counted, received, lost, skipped, balanced } = ledgerOf(tracer.out);
  const unexplained = skipped - (await skippedInGaps(tracer.out));
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
  figure("of which pages of programs and libraries", [files], "MB", "", null);
}

/**
 * The endpoints of a namespace, those that are listed and those that were only counted.
 *
 * @param {number} netns
 * @param {{ endpoints: { netns: number }[], summary: { counted?: { netns: number, count: number }[] } }} report
 */
function endpointsIn(netns, { endpoints, summary: { counted = [] } }) {
  const listed = endpoints.filter((each) => each.netns === netns).length;
  return counted.reduce((sum, each) => sum + (each.netns === netns ? each.count : 0), listed);
}

export async function everyConnection() {
  const churn = await Churn.prepare(0, FLAT_OUT_S);
  // Nothing is only counted where a filter says which are wanted: the whole host is recorded.
  const tracer = await RunningTracer.start(recorder("auto"));
  const { connections } = await churn.run();
  await sleep(2500);
  await tracer.stop();
  const { lost, skipped } = ledgerOf(tracer.out);
  const report = spawnSync(process.execPath, [LAUNCHER, "report", tracer.out, "--format", "json"], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  tracer.remove();
  const missing = 2 * connections - endpointsIn(churn.netns, JSON.parse(report.stdout));
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

/** The reader stands still for 6 s under load, again and again: what is shown is what was lost. */
export async function stalls() {
  const tracer = await RunningTracer.start(recorder("transitions"));
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
