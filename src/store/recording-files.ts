/** Which files a recording consists of: one, those of a directory, or several that are named. */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { notARecording, unreadable } from "./recording-error.ts";
import { labelOf } from "./recording-source.ts";

/** A file, a directory of files, or several of either; `-` for stdin. */
export type RecordingPath = string | readonly string[];

/** What messages call it. */
export function labelOfAll(path: RecordingPath): string {
  const [first = "", ...more] = typeof path === "string" ? [path] : path;
  return more.length === 0 ? labelOf(first) : `${labelOf(first)} and ${more.length} more`;
}

/**
 * The files by name, those of a directory among them; of one that is packed and still there
 * unpacked only the unpacked one, since a killed recorder was packing it.
 *
 * @throws RecordingError
 */
export function filesOf(path: RecordingPath): string[] {
  const paths = typeof path === "string" ? [path] : path;
  return paths.flatMap((each) => (isDirectory(each) ? recordingsIn(each) : [each]));
}

function isDirectory(path: string): boolean {
  return path !== "-" && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function recordingsIn(directory: string): string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    throw unreadable(labelOf(directory), error);
  }
  const all = new Set(names);
  const files = names
    .filter((name) => /\.ndjson(?:\.gz)?$/.test(name) && !name.startsWith("."))
    .filter((name) => !name.endsWith(".gz") || !all.has(name.slice(0, -3)))
    .sort();
  if (files.length === 0) throw notARecording(labelOf(directory), "it holds no .ndjson file");
  return files.map((name) => join(directory, name));
}
