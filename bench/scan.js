// @ts-check
// Measures the scan for holders on a big host: 5,000 processes, 200,000 descriptors, 10,000 leaked sockets.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { figure, save } from "./measure.js";

/** Smaller numbers may be given for a first try; only the full size is kept as a figure. */
const [PROCESSES = 5000, SOCKETS = 10_000] = process.argv.slice(2).map(Number);
const DESCRIPTORS = 38;
const RUNS = 3;

const { DescriptorScanner } = await import(
  new URL("../dist/host/fd-scan.js", import.meta.url).href
);

const helper = new URL("./scan-host.py", import.meta.url).pathname;
const host = spawn("/usr/bin/python3", [helper, PROCESSES, DESCRIPTORS, SOCKETS].map(String), {
  stdio: ["pipe", "pipe", "inherit"],
});
await once(host.stdout, "data");

/** @type {{ ms: number[], heldMs: number[], cpuMs: number[], mb: number[] }} */
const seen = { ms: [], heldMs: [], cpuMs: [], mb: [] };
const scanner = new DescriptorScanner();
let found = { processes: 0, descriptors: 0, holders: 0 };
for (let run = 0; run < RUNS; run++) {
  const before = process.memoryUsage().rss;
  let most = before;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpu = process.cpuUsage();
  const began = performance.now();
  const scan = scanner.scan({ now: () => 0 });
  let step = await scan.next();
  for (; step.done !== true; step = await scan.next()) {
    most = Math.max(most, process.memoryUsage.rss());
  }
  found = step.value;
  delay.disable();
  const { user, system } = process.cpuUsage(cpu);
  seen.ms.push(performance.now() - began);
  seen.cpuMs.push((user + system) / 1000);
  seen.heldMs.push(delay.max / 1e6);
  seen.mb.push((most - before) / 2 ** 20);
}
host.stdin.end();
await once(host, "exit");

const { processes, descriptors, holders } = found;
process.stdout.write(`${processes} processes, ${descriptors} descriptors, ${holders} holders\n`);
figure("scan for holders, whole host", seen.ms, "ms", "", null);
figure("scan for holders, CPU of this process", seen.cpuMs, "ms", "", null);
figure(
  "longest the event loop was held by it",
  seen.heldMs,
  "ms",
  "under 200 ms",
  (ms) => ms < 200,
);
figure("memory that it added", seen.mb, "MB", "", null);
if (process.argv.length === 2) save("Scan for holders");
