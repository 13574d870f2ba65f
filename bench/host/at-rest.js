// @ts-check
// What tracing costs while little happens: an idle host, and a dashboard over many connections.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { figure } from "../measure.js";
import { mind } from "./children.js";
import { DASHBOARD_S, IDLE_S } from "./pace.js";
import { cpuSeconds } from "./process-tree.js";
import { LAUNCHER, RunningTracer } from "./tracers.js";

/** CPU of a tree while nothing is done to it, percent of one core. @param {number} pid @param {number} forS */
async function usage(pid, forS) {
  const before = cpuSeconds(pid);
  const since = performance.now();
  await sleep(forS * 1000);
  return ((cpuSeconds(pid) - before) / ((performance.now() - since) / 1000)) * 100;
}

export async function idle() {
  const tracer = await RunningTracer.start({
    name: "lastack idle",
    argv: (out) => [process.execPath, LAUNCHER, "record", "-q", "-o", out],
  });
  // The first looks at the host, and the compiling of what runs often, are no rest.
  await sleep(15_000);
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
export async function dashboard() {
  const hold = mind(
    spawn("python3", [fileURLToPath(new URL("../load/hold.py", import.meta.url)), "5000"], {
      stdio: ["pipe", "pipe", "inherit"],
    }),
  );
  await once(hold.stdout, "data");
  const recorder = await RunningTracer.start({
    name: "lastack record",
    argv: (out) => [process.execPath, LAUNCHER, "record", "-q", "-o", out],
  });
  await sleep(5000);
  const recording = await usage(recorder.pid, DASHBOARD_S);
  await recorder.stop();
  recorder.remove();
  const command = `stty cols 120 rows 40; exec '${process.execPath}' '${LAUNCHER}' live --fps 4`;
  const screen = mind(
    spawn("script", ["-qfec", command, "/dev/null"], {
      stdio: ["pipe", "ignore", "ignore"],
      env: { ...process.env, TERM: "xterm-256color" },
    }),
  );
  await sleep(10_000);
  const live = await usage(/** @type {number} */ (screen.pid), DASHBOARD_S);
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
