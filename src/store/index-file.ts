/** The index beside a recording: places to go on from, found by time and read one at a time. */

import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  statSync,
  writeFileSync,
} from "node:fs";
import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import { createFile } from "./create-file.ts";
import { packNumbers, unpackNumbers } from "./packed-numbers.ts";

/** A line of the recording by its place, or an event that no line tells of: damage. */
export type LineRef = { readonly start: number } | { readonly event: TraceEvent };

/** A place to go on from. */
export interface IndexPoint {
  /** The moment that the trace has come to. */
  readonly at: Nanoseconds;
  /** Where the next line begins. */
  readonly offset: number;
  /** What the trace depends on there, in order. */
  readonly refs: readonly LineRef[];
  /** What else a trace is told, as its owner wants it. */
  readonly state: unknown;
}

/** What an index belongs to: it is worth nothing once the recording has changed. */
export interface IndexKey {
  readonly version: string;
  readonly size: number;
  readonly mtimeNs: string;
}

interface Head extends IndexKey {
  readonly type: "index";
  readonly format: number;
  /** Of each point: moment, place in the recording, place and length in here. */
  readonly points: readonly (readonly [number, number, number, number])[];
  /** Length of what follows the points, which is read at once. */
  readonly common: number;
}

const FORMAT = 1;
const MOST_HEAD = 64 * 1024 * 1024;
const LF = 0x0a;

/** The name of a recording's index. */
export function indexPath(path: string): string {
  return `${path}.index`;
}

/** What the recording at `path` is now. */
export function indexKeyOf(path: string, version: string): IndexKey {
  const { size, mtimeNs } = statSync(path, { bigint: true });
  return { version, size: Number(size), mtimeNs: String(mtimeNs) };
}

/** Collects points while a recording is read. */
export class IndexWriter {
  readonly #pieces: Buffer[] = [];
  readonly #points: (readonly [number, number, number, number])[] = [];
  #length = 0;

  add({ at, offset, refs, state }: IndexPoint): void {
    const starts: number[] = [];
    const events: [number, TraceEvent][] = [];
    for (const [index, ref] of refs.entries()) {
      if ("event" in ref) events.push([index, ref.event]);
      else starts.push(ref.start);
    }
    const piece = Buffer.from(JSON.stringify({ starts: packNumbers(starts), events, state }));
    this.#points.push([at, offset, this.#length, piece.length]);
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  /** The whole index. */
  finish(key: IndexKey, common: unknown): Buffer {
    const tail = Buffer.from(JSON.stringify(common));
    const head: Head = {
      type: "index",
      format: FORMAT,
      ...key,
      points: this.#points,
      common: tail.length,
    };
    return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...this.#pieces, tail]);
  }
}

/** An index that is there, in a file or in memory. */
export class IndexReader {
  readonly #read: (start: number, length: number) => Buffer;
  readonly #head: Head;
  readonly #base: number;
  readonly common: unknown;

  private constructor(read: (start: number, length: number) => Buffer, size: number) {
    this.#read = read;
    const line = headLine(read, size);
    const head = JSON.parse(line.toString()) as Head;
    if (head.type !== "index" || head.format !== FORMAT) throw new TypeError("no index");
    this.#head = head;
    this.#base = line.length + 1;
    this.common = JSON.parse(read(size - head.common, head.common).toString());
  }

  static inMemory(bytes: Buffer): IndexReader {
    return new IndexReader((start, length) => bytes.subarray(start, start + length), bytes.length);
  }

  /**
   * Open the index of a recording; null when there is none that fits, whatever the reason is.
   *
   * Nothing in it is believed but places: what stands there is checked as any line is.
   */
  static open(path: string, key: IndexKey): IndexReader | null {
    let fd: number | null = null;
    try {
      fd = openSync(indexPath(path), constants.O_RDONLY | constants.O_NOFOLLOW);
      const file = fd;
      const stats = fstatSync(file);
      if (!stats.isFile()) throw new TypeError("no file");
      const reader = new IndexReader((start, length) => readAt(file, start, length), stats.size);
      const { version, size, mtimeNs } = reader.#head;
      const fits = version === key.version && size === key.size && mtimeNs === key.mtimeNs;
      if (!fits) throw new TypeError("of another recording");
      return reader;
    } catch {
      if (fd !== null) closeSync(fd);
      return null;
    }
  }

  /** The last point at `t` or before it; null before the first. */
  pointAt(t: Nanoseconds): IndexPoint | null {
    const { points } = this.#head;
    let low = 0;
    let high = points.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((points[middle]?.[0] ?? 0) <= t) low = middle + 1;
      else high = middle;
    }
    const point = points[low - 1];
    if (point === undefined) return null;
    const [at, offset, start, length] = point;
    const { starts, events, state } = JSON.parse(this.#read(this.#base + start, length).toString());
    const refs: LineRef[] = unpackNumbers(starts).map((each) => ({ start: each }));
    for (const [index, event] of events) refs.splice(index, 0, { event });
    return { at, offset, refs, state };
  }

  get points(): number {
    return this.#head.points.length;
  }
}

/**
 * Put an index beside its recording, for its owner alone; an old one is replaced.
 *
 * @throws CreateError and what writing throws: the index is then only in memory
 */
export function saveIndex(path: string, bytes: Buffer): void {
  const { uid, gid } = statSync(path);
  const isRoot = process.geteuid?.() === 0;
  const owner = isRoot && uid !== 0 ? { owner: { uid, gid } } : {};
  const fd = createFile(indexPath(path), { force: true, ...owner });
  try {
    writeFileSync(fd, bytes);
  } finally {
    closeSync(fd);
  }
}

function headLine(read: (start: number, length: number) => Buffer, size: number): Buffer {
  for (let length = 65_536; ; length *= 4) {
    const bytes = read(0, Math.min(size, length));
    const end = bytes.indexOf(LF);
    if (end >= 0) return bytes.subarray(0, end);
    if (length >= size || length >= MOST_HEAD) throw new TypeError("no index");
  }
}

/** Read exactly so many bytes. */
export function readAt(fd: number, start: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const count = readSync(fd, bytes, done, length - done, start + done);
    if (count === 0) throw new RangeError("it ends early");
    done += count;
  }
  return bytes;
}
