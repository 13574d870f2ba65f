/** Names the files that a screen writes: by the moment that they show, beside those that are there. */

import { join } from "node:path";
import { toIso } from "../event/time.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import { CreateError } from "../store/create-file.ts";
import { OperatorError } from "./operator-error.ts";

const MOST_TRIES = 100;

/**
 * Let `write` create `lastack-KIND-20261121T050000Z.EXT` in a directory, or the next that is free.
 *
 * @returns the path that was written
 * @throws OperatorError 1 when it cannot be created
 */
export async function writeNamed(
  directory: string,
  name: {
    readonly startedAt: string;
    readonly t: Nanoseconds;
    readonly kind: string;
    readonly ending: string;
  },
  write: (path: string) => Promise<unknown>,
): Promise<string> {
  const at = toIso(name.startedAt, Math.round(name.t), 0).replace(/[-:]/g, "");
  for (let n = 1; ; n++) {
    const number = n === 1 ? "" : `-${n}`;
    const path = join(directory, `lastack-${name.kind}-${at}${number}.${name.ending}`);
    try {
      await write(path);
      return path;
    } catch (error) {
      const cause = error instanceof OperatorError ? error.cause : error;
      if (!(cause instanceof CreateError)) throw error;
      if (cause.code === "exists" && n < MOST_TRIES) continue;
      throw new OperatorError(1, cause.message, cause);
    }
  }
}
