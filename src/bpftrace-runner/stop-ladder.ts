/** Ends a process politely, then firmly: SIGINT, SIGTERM, SIGKILL, each with its time. */

import { setTimeout } from "node:timers/promises";

/** The signals in the order in which they are sent. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGKILL";

/** What the ladder needs of a process. */
export interface Stoppable {
  /** Send to the whole process group; false when there is nobody left to receive it. */
  signal(name: StopSignal): boolean | Promise<boolean>;
  /** Settles when the process has gone. */
  readonly exited: Promise<unknown>;
}

/** What it took, and whether it was enough. */
export interface StopOutcome {
  /** The last signal that was sent. */
  readonly signal: StopSignal;
  readonly gone: boolean;
}

/** How long a killed process may take to go: the kernel has probes to unload. */
const killGraceMs = 5000;

/**
 * Climb until the process has gone.
 *
 * SIGINT lets bpftrace run END and print its maps, SIGTERM does the same for one that ignores or
 * missed it, SIGKILL also ends a stopped one (SIGSTOP holds the other two back). Not gone after all
 * means a process that hangs in the kernel.
 */
export async function climbStopLadder(
  target: Stoppable,
  [afterInterruptMs, afterTerminateMs]: readonly [number, number],
  afterKillMs = killGraceMs,
): Promise<StopOutcome> {
  const rungs = [
    ["SIGINT", afterInterruptMs],
    ["SIGTERM", afterTerminateMs],
    ["SIGKILL", afterKillMs],
  ] as const;
  let last: StopSignal = "SIGINT";
  for (const [signal, waitMs] of rungs) {
    last = signal;
    if (!(await target.signal(signal)) || (await isGoneWithin(target.exited, waitMs))) {
      return { signal, gone: true };
    }
  }
  return { signal: last, gone: false };
}

async function isGoneWithin(exited: Promise<unknown>, waitMs: number): Promise<boolean> {
  const timer = new AbortController();
  const late = setTimeout(waitMs, false, { signal: timer.signal }).catch(() => false);
  const isGone = await Promise.race([exited.then(() => true), late]);
  timer.abort();
  return isGone;
}
