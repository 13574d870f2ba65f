// @ts-check
// What tracing costs this host, side by side with other tracers: `sudo npm run bench:host`.
//
// Figures are ratios within one interleaved run, medians of the rounds. `--quick` is one short
// round of everything and writes no figures; `--only NAME` is one part.
import { spawnSync } from "node:child_process";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { dashboard, idle } from "./host/at-rest.js";
import { measurePrograms } from "./host/kernel-programs.js";
import { IS_QUICK } from "./host/pace.js";
import { everyConnection, stalls, steady } from "./host/recordings.js";
import { sideBySide } from "./host/side-by-side.js";
import { figure, save } from "./measure.js";

if (process.getuid?.() !== 0) {
  process.stderr.write("bench:host traces this host, which needs root: sudo npm run bench:host\n");
  process.exit(4);
}
const only = process.argv[process.argv.indexOf("--only") + 1];
const parts = Object.entries({ sideBySide, steady, everyConnection, idle, dashboard, stalls });

figure(
  "load of this host before the run, processes that want a CPU",
  [loadavg()[0] ?? 0],
  "",
  "",
  null,
);
const restore = measurePrograms();
try {
  for (const [name, part] of parts) {
    if (process.argv.includes("--only") && name !== only) continue;
    await part().catch((error) => {
      process.stderr.write(`${error.message}\n`);
      figure(`${name}: could not be measured`, [], "", "a figure", () => false);
    });
  }
} finally {
  restore();
}
if (!IS_QUICK) save("On a busy host");
const million = fileURLToPath(new URL("./host/million.js", import.meta.url));
const args = ["--expose-gc", "--max-old-space-size=8192", million, ...(IS_QUICK ? [] : ["--save"])];
spawnSync(process.execPath, args, { stdio: "inherit" });
