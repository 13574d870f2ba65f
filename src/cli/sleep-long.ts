/** Waits longer than a timer of Node can: beyond 24.8 days one fires at once. */

import { setTimeout as sleep } from "node:timers/promises";

/** The longest time that a timer takes, milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/** How to wait; the options of `node:timers/promises`. */
export interface SleepOptions {
  readonly signal?: AbortSignal;
  readonly ref?: boolean;
}

/**
 * Wait, however long. Rejects with an AbortError when the signal is aborted.
 *
 * @param wait one timer; for tests
 */
export async function sleepLong(
  ms: number,
  options: SleepOptions = {},
  wait: (ms: number, options: SleepOptions) => Promise<unknown> = (part, how) =>
    sleep(part, undefined, how),
): Promise<void> {
  for (let left = ms; left > 0; left -= LONGEST_MS) await wait(Math.min(left, LONGEST_MS), options);
}
