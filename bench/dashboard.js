// @ts-check
// Measures the dashboard on a busy host: its CPU, its bytes, and what a terminal that does not read costs.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { figure, save } from "./measure.js";

const ENDPOINTS = 10_000;
const PER_SECOND = 2000;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 10);
const RUNS = Number(process.env.BENCH_RUNS ?? 3);
const WARM_UP_MS = 8000;
const PROGRAM = new URL("./busy-dashboard.js", import.meta.url).pathname;
const directory = mkdtempSync(join(tmpdir(), "lastack-bench-"));

/** @typedef {{ pushed: number, taken: number, seconds: number, cpuSeconds: number, worstGapMs: number, usualGapMs: number, rssBytes: number }} Notes */

/** Run it in a terminal of that size. @param {number} cols @param {number} rows @param {string} how */
async function run(cols, rows, how = "") {
  const notes = join(directory, "notes");
  const pidFile = join(directory, "pid");
  const program = [process.execPath, PROGRAM, notes, ENDPOINTS, PER_SECOND, how].join(" ");
  const command = `stty cols ${cols} rows ${rows}; echo $$ >${pidFile}; exec ${program}`;
  const reader = spawn("script", ["-qfc", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { PATH: process.env.PATH, TERM: "xterm-256color", LANG: "C.UTF-8", SHELL: "/bin/sh" },
  });
  let bytes = 0;
  reader.stdout.on("data", (/** @type {Buffer} */ chunk) => {
    bytes += chunk.length;
  });
  await sleep(WARM_UP_MS);
  const pid = Number(readFileSync(pidFile, "utf8"));
  /** @returns {Promise<Notes & { bytes: number }>} */
  const ask = async () => {
    rmSync(notes, { force: true });
    process.kill(pid, "SIGUSR2");
    while (!existsSync(notes)) await sleep(20);
    await sleep(20);
    const said = { ...JSON.parse(readFileSync(notes, "utf8")), bytes };
    bytes = 0;
    return said;
  };
  await ask();
  await sleep(SECONDS * 1000);
  const flowing = await ask();
  reader.kill("SIGSTOP");
  await sleep(SECONDS * 1000);
  const stalled = await ask();
  reader.kill("SIGCONT");
  process.kill(pid, "SIGTERM");
  await new Promise((resolve) => reader.once("exit", resolve));
  return { flowing, stalled };
}

/** @param {Notes} notes */
const cpuOf = ({ cpuSeconds, seconds }) => (100 * cpuSeconds) / seconds;

try {
  const blind = await run(80, 24, "blind");
  const what = `${ENDPOINTS.toLocaleString("en")} endpoints, ${PER_SECOND.toLocaleString("en")} changes/s`;
  figure(`${what}: CPU without a screen`, [cpuOf(blind.flowing)], "% of a core", "", null);
  figure(
    "worst gap of the event loop without a screen",
    [blind.flowing.worstGapMs],
    "ms",
    "",
    null,
  );
  /** @type {Map<string, Awaited<ReturnType<typeof run>>[]>} */
  const bySize = new Map();
  // One size after the other, again and again: what else the host does meets both alike.
  for (let round = 0; round < RUNS; round++) {
    for (const [cols, rows] of /** @type {const} */ ([
      [80, 24],
      [200, 60],
    ])) {
      const runs = bySize.get(`${cols}x${rows}`) ?? [];
      bySize.set(`${cols}x${rows}`, [...runs, await run(cols, rows)]);
    }
  }
  for (const [at, runs] of bySize) {
    const flowing = runs.map((each) => each.flowing);
    const stalled = runs.map((each) => each.stalled);
    /** @param {string} name @param {(notes: Notes & { bytes: number }) => number} of @param {string} unit */
    const told = (name, of, unit) => figure(`${at}: ${name}`, flowing.map(of), unit, "", null);
    told("CPU at 4 frames/s", cpuOf, "% of a core");
    told("to the terminal", ({ bytes, seconds }) => bytes / seconds / 1000, "kB/s");
    told("resident memory", ({ rssBytes }) => rssBytes / 1e6, "MB");
    told("worst gap of the event loop", ({ worstGapMs }) => worstGapMs, "ms");
    figure(
      `${at}: 99 of 100 gaps, nobody reading`,
      stalled.map(({ usualGapMs }) => usualGapMs),
      "ms",
      "",
      null,
    );
    figure(
      `${at}: the worst, nobody reading`,
      stalled.map(({ worstGapMs }) => worstGapMs),
      "ms",
      "under 50",
      (ms) => ms < 50,
    );
    figure(
      `${at}: events not taken meanwhile`,
      stalled.map(({ pushed, taken }) => pushed - taken),
      "",
      `under ${PER_SECOND / 10}`,
      (n) => n < PER_SECOND / 10,
    );
  }
  save("Dashboard");
} finally {
  rmSync(directory, { recursive: true });
}
