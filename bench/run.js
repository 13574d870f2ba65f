// @ts-check
// The benchmarks that need no root: `npm run bench`. Figures are ratios within one run.
import { spawnSync } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bareLoop } from "./bare-loop.js";
import { figure, save } from "./measure.js";
import { ordered, writeRecording } from "./traffic.js";

/** The built program; by URL, so that types can be checked before it is built. @param {string} path */
const built = (path) => import(new URL(`../dist/${path}`, import.meta.url).href);
const { Trace } = await built("core/fold.js");
const { readTrace } = await built("session/read-trace.js");

const EVENTS = Number(process.env.BENCH_EVENTS ?? 1_000_000);
const FLAT_EVENTS = Number(process.env.BENCH_FLAT_EVENTS ?? 10_000_000);
const RUNS = Number(process.env.BENCH_RUNS ?? 5);

/** @param {string} path */
const textOf = (path) => createReadStream(path, { encoding: "utf8", highWaterMark: 1 << 18 });

/**
 * Seconds on the wall, and of CPU with all threads of this process (the collector's too).
 *
 * @param {() => Promise<unknown>} work
 */
async function seconds(work) {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - startedAt) / 1000, cpu: (user + system) / 1e6 };
}

async function readingAndFolding() {
  const directory = mkdtempSync(join(tmpdir(), "lastack-bench-"));
  const path = join(directory, "million.ndjson");
  try {
    await writeRecording(path, EVENTS, 20_000);
    const ratios = [];
    const cpuRatios = [];
    const rates = [];
    for (let i = 0; i < RUNS; i++) {
      const bare = await seconds(() => bareLoop(textOf(path)));
      const ours = await seconds(() => readTrace(path));
      ratios.push(bare.wall / ours.wall);
      cpuRatios.push(bare.cpu / ours.cpu);
      rates.push(EVENTS / ours.wall);
    }
    figure(
      "read and fold, share of the bare split + JSON.parse rate",
      ratios,
      "",
      "at least 0.6",
      (v) => v >= 0.6,
    );
    figure("the same by CPU seconds of all threads", cpuRatios, "", "", null);
    figure("read and fold", rates, "events/s", "", null);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Memory of folding alone: grows until the kept endpoints are there, then must stay. */
function flatMemory() {
  const trace = new Trace({ maxEnded: 20_000, seesMiniEnd: true });
  const heap = [];
  let count = 0;
  for (const event of ordered(FLAT_EVENTS, 20_000)) {
    trace.step(event);
    if (++count % (FLAT_EVENTS / 10) !== 0) continue;
    globalThis.gc?.();
    heap.push(process.memoryUsage().heapUsed / 1e6);
  }
  const early = /** @type {number} */ (heap[2]);
  const late = /** @type {number} */ (heap.at(-1));
  figure(
    `heap after ${FLAT_EVENTS.toLocaleString("en")} events over that after 30 %`,
    [late / early],
    "",
    "at most 1.1",
    (v) => v <= 1.1,
  );
  figure("heap with 20,000 endpoints alive and 20,000 ended kept", [late], "MB", "", null);
}

if (process.argv[2] === "flat-memory") {
  flatMemory();
  save("Memory");
} else if (process.argv[2] === "reading") {
  await readingAndFolding();
  if (process.argv[3] !== "unsaved") save("Reading and folding");
} else {
  await readingAndFolding();
  const own = new URL(import.meta.url).pathname;
  spawnSync(process.execPath, ["--expose-gc", own, "flat-memory"], { stdio: "inherit" });
  save("Reading and folding");
  for (const each of ["exports.js", "dashboard.js", "soak.js"]) {
    const script = new URL(`./${each}`, import.meta.url).pathname;
    spawnSync(process.execPath, ["--expose-gc", script], { stdio: "inherit" });
  }
  if (process.getuid?.() === 0) {
    const firstFrame = new URL("./first-frame.js", import.meta.url).pathname;
    spawnSync(process.execPath, [firstFrame], { stdio: "inherit" });
  } else process.stdout.write("the first frame is measured as root only\n");
}
