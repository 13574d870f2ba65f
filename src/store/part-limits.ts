/** Keeps the files of a recording within their limits: the oldest go first. */

import { statSync } from "node:fs";
import { type PartNames, partFiles } from "./part-name.ts";
import { removeFile } from "./remove-file.ts";

/** What may stay; absent limits are none. */
export interface PartLimits {
  readonly maxFiles?: number;
  readonly maxBytes?: number;
  /** How long a file stays after it was last written to, milliseconds. */
  readonly keepMs?: number;
}

/**
 * Remove the oldest parts until the others are within the limits; the newest is written to and
 * stays. Only names of this recording are looked at, those of earlier runs included.
 *
 * @returns the paths that were removed
 */
export function enforceLimits(names: PartNames, limits: PartLimits, now: number): string[] {
  const { maxFiles = Infinity, maxBytes = Infinity, keepMs = Infinity } = limits;
  const removed: string[] = [];
  const newestFirst = partFiles(names).reverse();
  let bytes = 0;
  for (const [index, { path }] of newestFirst.entries()) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    bytes += stats.size;
    const isOld = now - stats.mtimeMs > keepMs;
    if (index === 0 || (index < maxFiles && bytes <= maxBytes && !isOld)) continue;
    if (removeFile(path)) removed.push(path);
    removeFile(`${path}.index`);
  }
  return removed;
}
