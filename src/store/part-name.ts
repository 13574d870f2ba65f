/** Names of the files of one long recording: they sort in the order of writing. */

import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Where the parts of a recording lie and what their names begin with. */
export interface PartNames {
  readonly directory: string;
  readonly stem: string;
}

/** One file of a recording. */
export interface PartFile {
  readonly path: string;
  readonly number: number;
  readonly isPacked: boolean;
}

const ENDING = /\.(?:ndjson|jsonl?)(?:\.gz)?$|\.gz$/;
const DIGITS = 6;

/** What `-o FILE` means where there will be many files: `run.ndjson` is `run-000001-….ndjson`. */
export function partNames(path: string): PartNames {
  return { directory: dirname(path), stem: basename(path).replace(ENDING, "") };
}

/**
 * The name of a part: its number, then the time of its beginning for the eye.
 *
 * The number alone decides the order, since a clock may be set back.
 *
 * @param startedAt ISO 8601, UTC
 * @param reason a word of our own, such as the kind of a finding
 */
export function partPath(
  { directory, stem }: PartNames,
  number: number,
  startedAt: string,
  reason?: string,
): string {
  const time = `${startedAt.slice(0, 19).replace(/[-:]/g, "")}Z`;
  const digits = String(number).padStart(DIGITS, "0");
  const words = [stem, digits, time, ...(reason === undefined ? [] : [reason])];
  return join(directory, `${words.join("-")}.ndjson`);
}

/** The parts that are there, oldest first; one that is packed and not yet removed comes unpacked. */
export function partFiles({ directory, stem }: PartNames): PartFile[] {
  const byNumber = new Map<number, PartFile>();
  for (const name of readdirSync(directory).sort()) {
    if (!name.startsWith(`${stem}-`)) continue;
    const match = PART.exec(name.slice(stem.length));
    if (match === null) continue;
    const number = Number(match[1]);
    if (byNumber.has(number)) continue;
    const isPacked = match[2] !== undefined;
    byNumber.set(number, { path: join(directory, name), number, isPacked });
  }
  return [...byNumber.values()].sort((a, b) => a.number - b.number);
}

/** Whether a recorder gave a file its name. */
export function isPart(path: string): boolean {
  return /-\d{6,}-\d{8}T\d{6}Z(?:-[a-z0-9-]{1,40})?\.ndjson(?:\.gz)?$/.test(path);
}

const PART = /^-(\d{6,})-\d{8}T\d{6}Z(?:-[a-z0-9-]{1,40})?\.ndjson(\.gz)?$/;
