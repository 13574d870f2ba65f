// @ts-check
// Measures, as root and in a terminal of its own, how long the dashboard takes to its first frame.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { figure, save } from "./measure.js";

const RUNS = Number(process.env.BENCH_RUNS ?? 5);
const SOCKET = `lastack-bench-${process.pid}`;
const LAUNCHER = new URL("../bin/lastack.js", import.meta.url).pathname;
const PATIENCE_MS = 20_000;

/** @param {readonly string[]} args */
const tmux = (...args) => execFileSync("tmux", ["-L", SOCKET, ...args], { encoding: "utf8" });

/** Milliseconds from the command to a panel, to the probes attached, and to the socket table read. */
async function firstSeconds() {
  const startedAt = performance.now();
  tmux("new-session", "-d", "-x", "120", "-y", "40", process.execPath, LAUNCHER, "live");
  /** When the screen first shows, or no longer shows, something. @param {(screen: string) => boolean} shows */
  const when = async (shows) => {
    while (performance.now() - startedAt < PATIENCE_MS) {
      if (shows(tmux("capture-pane", "-p"))) return performance.now() - startedAt;
      await sleep(20);
    }
    throw new Error("no frame came: see what `sudo lastack doctor` says");
  };
  try {
    const frame = await when((screen) => screen.includes("Endpoints by state"));
    const attached = await when((screen) => !screen.includes("attaching the probes"));
    return { frame, attached, full: await when((screen) => screen.includes("LIVE")) };
  } finally {
    tmux("kill-server");
  }
}

/** Milliseconds until bpftrace has started a script that attaches nothing else. */
async function bpftraceStart() {
  const startedAt = performance.now();
  const child = spawn("bpftrace", ["-e", 'BEGIN { printf("begun\\n"); exit(); }'], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let said = "";
  child.stdout.on("data", (/** @type {Buffer} */ chunk) => {
    said += chunk;
  });
  await once(child, "close");
  if (!said.includes("begun")) throw new Error(`bpftrace said ${JSON.stringify(said)}`);
  return performance.now() - startedAt;
}

const starts = [];
const seen = [];
for (let i = 0; i < RUNS; i++) {
  starts.push(await bpftraceStart());
  seen.push(await firstSeconds());
}
const frames = seen.map(({ frame }) => frame);
const fills = seen.map(({ attached, full }) => full - attached);
figure("bpftrace from start to end of an empty script", starts, "ms", "", null);
figure("from `lastack` to the first drawn frame", frames, "ms", "under 1500", (v) => v < 1500);
figure(
  "from the probes attached to the socket table on the screen",
  fills,
  "ms",
  "under 1000",
  (ms) => ms < 1000,
);
save("Start");
