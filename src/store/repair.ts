/** Looks at the end of a recording on disk: torn or whole, and how far it reaches. */

import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { type DecodedRecord, decodeRecord } from "../event/recording-codec.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import { MAX_LINE_BYTES } from "./line-chunks.ts";
import { BROKEN, NdjsonLines } from "./ndjson-lines.ts";
import { unreadable } from "./recording-error.ts";
import type { ReadEnd } from "./recording-scanner.ts";
import { isGzip, labelOf } from "./recording-source.ts";

/** What the end of a recording tells. */
export interface RecordingTail {
  /** The last line is a footer. */
  readonly isClosed: boolean;
  /** Bytes behind the last LF that are no whole line: what a killed writer left. */
  readonly tornBytes: number;
  /** The newest `t` among the last lines, the footer's included; null when none has one. */
  readonly lastNs: Nanoseconds | null;
}

const LF = 0x0a;
/** Room for the longest line behind a torn one. */
const TAIL_BYTES = 2 * MAX_LINE_BYTES + 2;

/**
 * Read the last lines of a recording without the rest.
 *
 * `-10s` counts from the end, which a reader otherwise knows only when it is there.
 *
 * @returns null for what cannot be read from its end: gzip, a pipe, stdin.
 * @throws RecordingError `unreadable`.
 */
export async function readTail(path: string): Promise<RecordingTail | null> {
  if (path === "-") return null;
  try {
    if (!(await stat(path)).isFile()) return null;
    const file = await open(path, "r");
    try {
      return await tailOf(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(labelOf(path), error);
  }
}

/**
 * Cut off what a killed writer has left behind the last whole line, and say in a clause what was
 * wrong with the recording; null when it is whole.
 *
 * @throws RecordingError `unreadable`, also where it cannot be written to
 */
export async function repairTail(path: string): Promise<string | null> {
  const tail = await readTail(path);
  if (tail === null || (tail.isClosed && tail.tornBytes === 0)) return null;
  if (tail.tornBytes === 0) return "was not closed cleanly; every line of it is whole";
  const { O_RDWR, O_NOFOLLOW } = constants;
  try {
    const file = await open(path, O_RDWR | O_NOFOLLOW);
    try {
      await file.truncate((await file.stat()).size - tail.tornBytes);
      await file.datasync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(labelOf(path), error);
  }
  return `was not closed cleanly; ${tail.tornBytes} bytes of an unfinished line are cut off`;
}

/** Say for a person what is wrong with a recording that has been read, one sentence each. */
export function describeDamage(end: ReadEnd): readonly string[] {
  const notes: string[] = [];
  if (end.tornTail) notes.push("it ends within a line; every line before is used");
  if (!end.closedCleanly) notes.push("it was not closed cleanly: it has no footer at its end");
  if (end.malformed > 0) notes.push(`damaged lines: ${end.malformed}, each marked as a gap`);
  if (end.overlong > 0) notes.push(`lines over 64 KiB: ${end.overlong}, each marked as a gap`);
  if (end.unproven > 0) {
    notes.push(`checksums that do not fit: ${end.unproven}; a gap marks each part in doubt`);
  }
  for (const [type, count] of end.unknownTypes) {
    notes.push(
      `events of the unknown type "${type}": ${count}, skipped; a newer lastack wrote them`,
    );
  }
  return notes;
}

async function tailOf(file: FileHandle): Promise<RecordingTail | null> {
  const { size } = await file.stat();
  const head = await readAt(file, 0, 2);
  if (isGzip(head)) return null;
  const start = Math.max(0, size - TAIL_BYTES);
  const bytes = await readAt(file, start, size - start);
  const rest = bytes.subarray(bytes.lastIndexOf(LF) + 1);
  const lines = bytes.subarray(start === 0 ? 0 : bytes.indexOf(LF) + 1);
  const values = new NdjsonLines().parse(Buffer.concat([lines, Buffer.of(LF)]));
  const isTorn = values.at(-1) === BROKEN && rest.some((byte) => byte > 0x20);
  const records = values.filter((value) => value !== BROKEN).map(decodeRecord);
  const instants = records.map(instantOf).filter((t) => t !== null);
  return {
    isClosed: !isTorn && records.at(-1)?.kind === "footer",
    tornBytes: isTorn ? rest.length : 0,
    lastNs: instants.length === 0 ? null : Math.max(...instants),
  };
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}

function instantOf(record: DecodedRecord): Nanoseconds | null {
  if (record.kind === "event") return record.event.t;
  return record.kind === "footer" ? record.footer.t : null;
}
