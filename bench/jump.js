// @ts-check
// Measures jumps into a long recording, once its index is made: `npm run bench:jump`.

import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { figure, save } from "./measure.js";
import { writeRecording } from "./traffic.js";

/** @param {string} path */
const built = (path) => import(new URL(`../dist/${path}`, import.meta.url).href);
const { TimeIndex } = await built("session/time-index.js");

const EVENTS = Number(process.env.LASTACK_BENCH_EVENTS ?? 5_000_000);
const JUMPS = 50;
/** Where recordings of an earlier run may lie, to be used again. */
const KEPT = process.env.LASTACK_BENCH_DIRECTORY;

/** @param {string} path @param {number} alive */
async function jumpsInto(path, alive) {
  if (!existsSync(path)) await writeRecording(path, EVENTS, alive);
  const before = performance.now();
  const made = await TimeIndex.open(path, "bench");
  made.close();
  const index = await TimeIndex.open(path, "bench");
  console.log(
    `index of ${index.whole.events} events: ${((performance.now() - before) / 1000).toFixed(1)} s`,
  );
  const runs = [];
  let folded = 0;
  for (let jump = 0; jump < JUMPS; jump++) {
    // Spread over the recording, not along it.
    const t = index.whole.lastNs * ((jump * 0.618_034) % 1);
    const start = performance.now();
    folded += index.jump(Math.floor(t)).folded;
    runs.push(performance.now() - start);
  }
  index.close();
  const size = (statSync(`${path}.index`).size / statSync(path).size) * 100;
  const name = `jump into ${EVENTS.toLocaleString("en")} events, ${alive.toLocaleString("en")} endpoints alive`;
  console.log(`${Math.round(folded / JUMPS)} events folded a jump`);
  const isGoal = alive <= 1000;
  figure(name, runs, "ms", isGoal ? "< 200" : "none", isGoal ? (ms) => ms < 200 : null);
  figure(`${name}: slowest`, [Math.max(...runs)], "ms", "none", null);
  figure(`its index, of the recording's size`, [size], "%", "none", null);
}

const directory = KEPT ?? mkdtempSync(join(tmpdir(), "lastack-bench-jump-"));
try {
  for (const alive of [1000, 20_000]) await jumpsInto(join(directory, `${alive}.ndjson`), alive);
  save("Jumping into a recording");
} finally {
  if (KEPT === undefined) rmSync(directory, { recursive: true, force: true });
}
