/** Opens the index of a recording where one is worth having. */

import { statSync } from "node:fs";
import { filesOf, type RecordingPath } from "../store/recording-files.ts";
import type { IndexOptions } from "./make-index.ts";
import { readable } from "./read-trace.ts";
import { TimeIndex } from "./time-index.ts";

/** What opening an index takes. */
export interface IndexRequest extends IndexOptions {
  /** Of this program: an index is of one version. */
  readonly version: string;
  /** A smaller recording is read from its start; 16 MB when absent. */
  readonly leastBytes?: number;
}

/** As long as looking an index up takes, so much is read from the start. */
const LEAST_BYTES = 16 * 1024 * 1024;
/** A file that somebody writes to has another index each second. */
const AT_REST_MS = 5000;

/**
 * The index of a recording, made when it is missing: three times the time of one reading, once.
 *
 * @returns null where reading from the start is the better way: several files, stdin, gzip, a small
 * recording, one that is being written, a directory that is not to be written to
 * @throws OperatorError 3 when the recording cannot be read
 */
export async function indexWhereWorth(
  path: RecordingPath,
  { version, leastBytes = LEAST_BYTES, ...options }: IndexRequest,
): Promise<TimeIndex | null> {
  try {
    const [file = "-", ...others] = filesOf(path);
    if (file === "-" || others.length > 0) return null;
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined || stats.size < leastBytes) return null;
    if (Date.now() - stats.mtimeMs < AT_REST_MS) return null;
    return await TimeIndex.open(file, version, options);
  } catch (error) {
    throw readable(error);
  }
}
