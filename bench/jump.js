// @ts-check
// Measures jumps into a long recording, once its index is made: `npm run bench:jump`.

import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bareLoop } from "./bare-loop.js";
import { figure, save } from "./measure.js";
import { writeRecording } from "./traffic.js";

/** @param {string} path */
const built = (path) => import(new URL(`../dist/${path}`, import.meta.url).href);
const { TimeIndex } = await built("session/time-index.js");

const EVENTS = Number(process.env.LASTACK_BENCH_EVENTS ?? 5_000_000);
const JUMPS = 50;
/** Where recordings of an earlier run may lie, to be used again. */
const KEPT = process.env.LASTACK_BENCH_DIRECTORY;
const BARE_BYTES = 100_000_000;

/** @param {string} path @param {number} alive */
async function jumpsInto(path, alive) {
  if (!existsSync(path)) await writeRecording(path, EVENTS, alive);
  (await TimeIndex.open(path, "bench")).close();
  const before = performance.now();
  const index = await TimeIndex.open(path, "bench");
  const opening = performance.now() - before;
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
  const sorted = [...runs].sort((a, b) => a - b);
  const size = (statSync(`${path}.index`).size / statSync(path).size) * 100;
  const name = `${alive.toLocaleString("en")} endpoints alive`;
  const goal = /** @type {const} */ (["ms", "< 200", (/** @type {number} */ ms) => ms < 200]);
  figure(`jump into ${EVENTS.toLocaleString("en")} events, ${name}: median`, runs, ...goal);
  figure(`the same, 9 of 10`, [sorted[Math.ceil(JUMPS * 0.9) - 1] ?? Number.NaN], ...goal);
  figure(`the same, slowest`, [sorted.at(-1) ?? Number.NaN], "ms", "", null);
  figure(`events folded in a jump, ${name}`, [folded / JUMPS], "", "", null);
  figure(`opening the index, ${name}`, [opening], "ms", "", null);
  figure(`size of the index, of the recording's, ${name}`, [size], "%", "", null);
}

/** How fast this host is: what the figures in milliseconds go with. @param {string} path */
async function speedOfHost(path) {
  const runs = [];
  for (let run = 0; run < 3; run++) {
    const source = createReadStream(path, {
      encoding: "utf8",
      highWaterMark: 1 << 18,
      end: BARE_BYTES,
    });
    const before = performance.now();
    const lines = await bareLoop(source);
    runs.push(lines / ((performance.now() - before) / 1000));
  }
  figure("bare loop of split + JSON.parse on this host", runs, "lines/s", "", null);
}

const directory = KEPT ?? mkdtempSync(join(tmpdir(), "lastack-bench-jump-"));
try {
  for (const alive of [1000, 20_000]) await jumpsInto(join(directory, `${alive}.ndjson`), alive);
  await speedOfHost(join(directory, "1000.ndjson"));
  save("Jumping into a recording");
} finally {
  if (KEPT === undefined) rmSync(directory, { recursive: true, force: true });
}
