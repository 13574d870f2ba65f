// @ts-check
// How long and how often everything is measured: `--quick` shows in minutes that it works.

export const IS_QUICK = process.argv.includes("--quick");
export const ROUNDS = Number(process.env.BENCH_ROUNDS ?? (IS_QUICK ? 1 : 5));
/** Load before it is measured, for each tracer alike: `auto` has moved, node has compiled by then. */
export const LEAD_S = IS_QUICK ? 4 : 8;
export const FLAT_OUT_S = IS_QUICK ? 2 : 5;
/** With the kernel's own measuring switched on. */
export const MEASURED_S = IS_QUICK ? 2 : 4;
export const STEADY_S = IS_QUICK ? 5 : 60;
export const IDLE_S = IS_QUICK ? 10 : 60;
export const DASHBOARD_S = IS_QUICK ? 5 : 20;
export const STALLS = IS_QUICK ? 1 : Number(process.env.BENCH_STALLS ?? 100);
export const STEADY_RATE = 2000;
export const READ_EVENTS = IS_QUICK ? 500_000 : 5_000_000;
