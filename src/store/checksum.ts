/** The checksum behind each batch of lines: what a medium changed in silence is found. */

import * as zlib from "node:zlib";

const LF = 0x0a;
/** How our writer begins the line; spelt in another way it is a part of what it vouches for. */
const START = Buffer.from('{"type":"checksum",');

/** CRC-32 (RFC 1952 section 8) of bytes behind others whose CRC is `before`. */
export const crc32: (bytes: Buffer, before?: number) => number = zlib.crc32 ?? crc32ByTable;

/** The line is never longer: ten digits of lines are 64 GiB of empty ones. */
export const MOST_CHECKSUM_BYTES = 64;

/**
 * The line that vouches for a batch: how many lines stand before it, and their CRC-32, LFs
 * included. A reader that does not know the line skips it.
 *
 * @param bytes one or more whole lines
 */
export function checksumLine(bytes: Buffer, lines: number): string {
  const crc = crc32(bytes).toString(16).padStart(8, "0");
  return `{"type":"checksum","lines":${lines},"crc32":"${crc}"}\n`;
}

/** A batch with the line that vouches for it. @param text one or more whole lines */
export function withChecksum(text: string): Buffer {
  const bytes = Buffer.from(text);
  let lines = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) lines++;
  return Buffer.concat([bytes, Buffer.from(checksumLine(bytes, lines))]);
}

/** Whole lines: a checksum line, or those that the next one vouches for. */
export interface Part {
  readonly lines: Buffer;
  readonly isVouched: boolean;
}

/** Whole lines cut before and behind each checksum line, in order. */
export function* partsOf(bytes: Buffer): Generator<Part, void> {
  let done = 0;
  while (done < bytes.length) {
    const at = startOfChecksum(bytes, done);
    const end = at < 0 ? bytes.length : at;
    if (end > done) yield { lines: bytes.subarray(done, end), isVouched: true };
    if (at < 0) return;
    done = bytes.indexOf(LF, at) + 1;
    yield { lines: bytes.subarray(at, done), isVouched: false };
  }
}

/** Where the next checksum line begins, from the start of a line on; -1 when there is none. */
function startOfChecksum(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(START, from);
  while (at > from && bytes[at - 1] !== LF) at = bytes.indexOf(START, at + 1);
  return at;
}

/** The bytes since the last checksum line, as the next one will vouch for them. */
export class RunningChecksum {
  #crc = 0;
  #lines = 0;

  /** Take bytes in that hold so many lines. */
  add(bytes: Buffer, lines: number): void {
    this.#crc = crc32(bytes, this.#crc);
    this.#lines += lines;
  }

  /** A checksum line stands here: whether it is right. The next batch begins behind it. */
  verify(lines: number, crc: string): boolean {
    const isRight = lines === this.#lines && Number.parseInt(crc, 16) === this.#crc;
    this.#crc = 0;
    this.#lines = 0;
    return isRight;
  }
}

/** For Node before 20.15, which has no `zlib.crc32`. */
export function crc32ByTable(bytes: Buffer, before = 0): number {
  const table = crcTable();
  let crc = ~before;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] as number);
  return ~crc >>> 0;
}

let madeTable: Int32Array | null = null;

function crcTable(): Int32Array {
  madeTable ??= Int32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  return madeTable;
}
