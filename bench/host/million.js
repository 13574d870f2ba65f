// @ts-check
// A million endpoints alive: what this process then holds. Run with --expose-gc.
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
const figures = { alive: ALIVE, endpoints, heapMb: heapUsed / 1e6, rssMb: rss / 1e6 };
process.stdout.write(`${JSON.stringify(figures)}\n`);
