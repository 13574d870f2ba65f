// @ts-check
// What tracing costs this host, side by side with other tracers: `sudo npm run bench:host`.
//
// Figures are ratios within one interleaved run, medians of the rounds. `--quick` is one short
// round of everything and writes no figures; `--only NAME` is one part, of those named below.
// All of it takes three quarters of an hour; BENCH_ROUNDS and BENCH_STALLS make it shorter.
import { spawnSync } from "node:child_process";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { dashboard, idle } from "./host/at-rest.js";
import { IS_QUICK, READ_EVENTS, ROUNDS } from "./host/pace.js";
import { everyConnection, stalls, steady } from "./host/recordings.js";
import { sideBySide } from "./host/side-by-side.js";
import { figure, save } from "./measure.js";

/** @type {Record<string, string>} */
const TITLES = {
  sideBySide: "tracers side by side",
  steady: "a steady load",
  everyConnection: "every connection flat out",
  idle: "nothing to do",
  dashboard: "the dashboard",
  stalls: "a stalled reader",
  million: "a million endpoints",
  reading: "reading and folding",
};

if (process.getuid?.() !== 0) {
  process.stderr.write("bench:host traces this host, which needs root: sudo npm run bench:host\n");
  process.exit(4);
}
const NAMED = ["--quick", "--only"];
const stray = process.argv.slice(2).find((each) => each.startsWith("-") && !NAMED.includes(each));
if (stray !== undefined) {
  process.stderr.write(`bench:host takes --quick and --only ${Object.keys(TITLES).join("|")}\n`);
  process.exit(2);
}
const at = process.argv.indexOf("--only");
const only = at < 0 ? null : process.argv[at + 1];
if (only !== null && !Object.hasOwn(TITLES, only ?? "")) {
  process.stderr.write(`--only takes one of ${Object.keys(TITLES).join(", ")}\n`);
  process.exit(2);
}
for (const [title, part] of Object.entries({
  sideBySide,
  steady,
  everyConnection,
  idle,
  dashboard,
  stalls,
  million,
  reading,
})) {
  if (only !== null && title !== only) continue;
  process.stdout.write(`\n${TITLES[title]}\n`);
  const beganMs = performance.now();
  figure("processes that wanted a CPU before it began", [loadavg()[0] ?? 0], "", "", null);
  await part().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    figure("could not be measured", [], "", "a figure", () => false);
  });
  process.stderr.write(`took ${Math.round((performance.now() - beganMs) / 1000)} s\n`);
  if (!IS_QUICK) save(`Host: ${TITLES[title]}`);
}

/** In a process of its own, which writes a section of its own. */
async function reading() {
  const path = fileURLToPath(new URL("./run.js", import.meta.url));
  spawnSync(process.execPath, [path, "reading", ...(IS_QUICK ? ["unsaved"] : [])], {
    stdio: "inherit",
    env: { ...process.env, BENCH_EVENTS: String(READ_EVENTS), BENCH_RUNS: String(ROUNDS) },
  });
}

/** In a process of its own, whose memory is that of the endpoints alone. */
async function million() {
  const path = fileURLToPath(new URL("./host/million.js", import.meta.url));
  const args = ["--expose-gc", "--max-old-space-size=8192", path];
  const { stdout } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { alive, endpoints, heapMb, rssMb } = JSON.parse(stdout);
  figure("endpoints alive", [endpoints], "", String(alive), (v) => v === alive);
  figure("heap of the process with them", [heapMb], "MB", "", null);
  figure("memory of the process with them", [rssMb], "MB", "under 600", (v) => v < 600);
}
