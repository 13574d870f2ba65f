/** Keeps the memory of a long trace near what it needs. */

import { setFlagsFromString } from "node:v8";

/** What may be waste before it is collected, percent of what is in use. */
const WASTE_PERCENT = 30;

/**
 * Let the engine collect in time.
 *
 * Left alone V8 lets the heap grow to twice what the last collection left and more before it looks
 * again, and a tracer's is long-lived: with 120,000 endpoints in TIME_WAIT a process that needed
 * 165 MB held 360. Looking at a third more costs no time that could be measured.
 *
 * Nor does the space for what is young grow, to 32 MB with Node 20 and far more with newer ones. An
 * event waits for its turn longer than any of these sizes lasts, and V8 adds the size to what may be
 * waste. So it stays at the 2 MB that it begins with, to which V8 shrinks it anyhow on a host that
 * is quiet for a while. To gather so little other threads are not worth waking: in five rounds in
 * turn as many events took 84 s of CPU, with 8 MB and four threads 87, and the process held 85 MB
 * beside the pages of node in the place of 100.
 *
 * Flags and no options of the launcher, for only a trace goes on for so long, and node is not
 * started twice. To be called first: loading a command already makes that space grow.
 */
export function keepHeapLean(): void {
  setFlagsFromString(`--heap-growing-percent=${WASTE_PERCENT}`);
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--no-parallel-scavenge");
}
