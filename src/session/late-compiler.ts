/** Keeps the engine from spending more on compiling a trace's code than the code then spends. */

import { setFlagsFromString } from "node:v8";

/** Bytes of bytecode between two looks at a function, 67,584 where nothing is set. */
const BUDGET_BYTES = 16 * 67_584;

/**
 * Let the optimising compiler wait until a function has proved hot.
 *
 * V8 compiles what ran a few hundred times, on threads of their own and again after each guess
 * that proved wrong. In the first half minute of a flood that was 400 compilations of 26 ms each on
 * a slow host, half of node's CPU and taken from the host in trouble, and in `aggregate` little is
 * told that runs them. Sixteen times later 40 % of node's CPU is saved (7,000 connections a second,
 * seconds 8 to 18), and the main thread is no slower. What a load of 20,000 events a second runs is
 * compiled within some ten seconds all the same: a million and a half of them took 12.7 us each,
 * 12.6 where nothing is set.
 *
 * V8 reads the flag whenever a budget begins anew (`src/execution/tiering-manager.cc`,
 * `InterruptBudgetFor`), so that setting it while the program runs is sound. Replay and report
 * read millions of events at once and are left as they are.
 */
export function compileLate(): void {
  setFlagsFromString(`--interrupt-budget=${BUDGET_BYTES}`);
}
