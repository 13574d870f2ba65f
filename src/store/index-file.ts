/** The index beside a recording: places to go on from, found by time and read one at a time. */

import { closeSync, constants, fstatSync, openSync, readSync, statSync } from "node:fs";
import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import {
  packNumbers,
  packRuns,
  packSigned,
  unpackNumbers,
  unpackRuns,
  unpackSigned,
} from "./packed-numbers.ts";

/** A line of the recording by its place, or an event that no line tells of: damage. */
export type LineRef = { readonly start: number } | { readonly event: TraceEvent };

/** A place to go on from. */
export interface IndexPoint {
  /** The moment that the trace has come to. */
  readonly at: Nanoseconds;
  /** Where the next line begins. */
  readonly offset: number;
  /** Events before it. */
  readonly events: number;
  /** What the trace depends on there, in order. */
  readonly refs: readonly LineRef[];
  /** Rows that it depends on as well, by their places in blocks that were added before. */
  readonly picks: readonly BlockPick[];
  /** What else a trace is told, as its owner wants it. */
  readonly state: unknown;
}

/** Rows of one block: its number, and their places in it, rising. */
export interface BlockPick {
  readonly block: number;
  readonly places: readonly number[];
}

/** Rows that several points depend on: what they have in common, and their numbers. */
export interface Block {
  readonly common: unknown;
  readonly numbers: ArrayLike<number>;
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
  /** Of each point: moment, place in the recording, events before, place and length in here. */
  readonly points: readonly PointPlace[];
  readonly blocks: readonly Place[];
  /** Length of what follows the points, which is read at once. */
  readonly common: number;
}

type Place = readonly [start: number, length: number];
type PointPlace = readonly [at: number, offset: number, events: number, ...Place];

const FORMAT = 3;
const MOST_HEAD = 64 * 1024 * 1024;
const OTHERS_WRITE = 0o022;
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
  readonly #points: PointPlace[] = [];
  readonly #blocks: Place[] = [];
  #length = 0;

  /** Add the next block, from 0. */
  addBlock({ common, numbers }: Block): void {
    this.#blocks.push(this.#put({ common, numbers: packSigned(numbers) }));
  }

  add({ at, offset, events, refs, picks, state }: IndexPoint): void {
    const starts: number[] = [];
    const damage: [number, TraceEvent][] = [];
    for (const [index, ref] of refs.entries()) {
      if ("event" in ref) damage.push([index, ref.event]);
      else starts.push(ref.start);
    }
    const rows = picks.map(({ block, places }) => [block, packRuns(places)]);
    const place = this.#put({ starts: packNumbers(starts), damage, rows, state });
    this.#points.push([at, offset, events, ...place]);
  }

  /** Forget the points that stand later than this moment; the rows stay for those that come. */
  dropAfter(t: Nanoseconds): void {
    while ((this.#points.at(-1)?.[0] ?? t) > t) this.#points.pop();
  }

  #put(piece: unknown): Place {
    const bytes = Buffer.from(JSON.stringify(piece));
    const start = this.#length;
    this.#pieces.push(bytes);
    this.#length += bytes.length;
    return [start, bytes.length];
  }

  /** The whole index. */
  finish(key: IndexKey, common: unknown): Buffer {
    const tail = Buffer.from(JSON.stringify(common));
    const head: Head = {
      type: "index",
      format: FORMAT,
      ...key,
      points: this.#points,
      blocks: this.#blocks,
      common: tail.length,
    };
    return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...this.#pieces, tail]);
  }
}

/** An index that is there, in a file or in memory. */
export class IndexReader {
  readonly #read: (start: number, length: number) => Buffer;
  readonly #fd: number | null;
  readonly #head: Head;
  readonly #base: number;
  readonly common: unknown;

  private constructor(
    read: (start: number, length: number) => Buffer,
    size: number,
    fd: number | null,
  ) {
    this.#read = read;
    this.#fd = fd;
    const line = headLine(read, size);
    const head = JSON.parse(line.toString()) as Head;
    if (head.type !== "index" || head.format !== FORMAT) throw new TypeError("no index");
    this.#head = head;
    this.#base = line.length + 1;
    this.common = JSON.parse(read(size - head.common, head.common).toString());
  }

  static inMemory(bytes: Buffer): IndexReader {
    const read = (start: number, length: number) => bytes.subarray(start, start + length);
    return new IndexReader(read, bytes.length, null);
  }

  /**
   * Open the index of a recording; null when there is none that fits, whatever the reason is.
   *
   * It is believed as far as the recording is, so it must be its owner's (or root's, who may have
   * made it), and nobody else's to write: in a directory for all, anybody could put one there.
   */
  static open(path: string, key: IndexKey): IndexReader | null {
    let fd: number | null = null;
    try {
      // A pipe of that name would keep who opens it waiting.
      const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
      fd = openSync(indexPath(path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      const file = fd;
      const stats = fstatSync(file);
      const isTheirs = stats.uid === 0 || stats.uid === statSync(path).uid;
      if (!stats.isFile() || !isTheirs || (stats.mode & OTHERS_WRITE) !== 0) {
        throw new TypeError("no file of theirs");
      }
      const read = (start: number, length: number) => readAt(file, start, length);
      const reader = new IndexReader(read, stats.size, file);
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
    const [at, offset, events, start, length] = point;
    const { starts, damage, rows, state } = this.#piece([start, length]);
    const refs: LineRef[] = unpackNumbers(starts).map((each) => ({ start: each }));
    for (const [index, event] of damage) refs.splice(index, 0, { event });
    const pickOf = ([block, runs]: [number, string]) => ({ block, places: unpackRuns(runs) });
    return { at, offset, events, refs, picks: rows.map(pickOf), state };
  }

  blockAt(number: number): Block {
    const { common, numbers } = this.#piece(this.#head.blocks[number] ?? [0, 0]);
    return { common, numbers: unpackSigned(numbers) };
  }

  #piece([start, length]: Place) {
    return JSON.parse(this.#read(this.#base + start, length).toString());
  }

  get points(): number {
    return this.#head.points.length;
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
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
