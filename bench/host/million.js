// @ts-check
// A million endpoints alive: what this process then holds. Run with --expose-gc.
import { figure, save } from "../measure.js";
import { opening } from "../traffic.js";

const { Trace } = await import(new URL("../../dist/core/fold.js", import.meta.url).href);
const ALIVE = Number(process.env.BENCH_ALIVE ?? 1_000_000);

const trace = new Trace({ seesMiniEnd: true });
for (let i = 0; i < ALIVE; i++) {
  // As the wire gives them: each event's texts are its own.
  for (const event of opening(i)) trace.step(JSON.parse(JSON.stringify(event)));
}
globalThis.gc?.();
const { rss, heapUsed } = process.memoryUsage();
const { endpoints } = trace.summary();
figure("endpoints alive", [endpoints], "", `${ALIVE.toLocaleString("en")}`, (v) => v === ALIVE);
figure("heap of the process with them", [heapUsed / 1e6], "MB", "", null);
figure("memory of the process with them", [rss / 1e6], "MB", "under 600", (v) => v < 600);
if (process.argv.includes("--save")) save("A million endpoints");
