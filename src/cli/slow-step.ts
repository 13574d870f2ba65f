/** Says what is being waited for, where it is long enough to wonder. */

import { complain } from "./output.ts";

const PATIENCE_MS = 700;

/** Do something, and say on stderr what it is when it takes long; only to someone at a terminal. */
export async function slowStep<T>(what: string, step: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => {
    if (process.stderr.isTTY === true) complain(what);
  }, PATIENCE_MS);
  try {
    return await step();
  } finally {
    clearTimeout(timer);
  }
}
