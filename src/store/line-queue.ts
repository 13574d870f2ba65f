/** Lines that wait for the disk, with the account that is due if they never reach it. */

import type { Nanoseconds } from "../event/trace-event.ts";
import { checksumLine, MOST_CHECKSUM_BYTES } from "./checksum.ts";
import { type Loss, NO_LOSS } from "./loss.ts";

/** A batch of lines as bytes, and what would be lost with it. */
export interface LineBatch {
  /** The lines with the one that vouches for them; empty where there are none. */
  readonly bytes: Buffer;
  readonly loss: Loss;
}

const NO_BYTES = Buffer.alloc(0);
const LEAST_ROOM = 65_536;
/** From here on it grows by a quarter: there are two of them, and the most is a batch now and then. */
const MUCH = 1 << 20;
/**
 * A queue that had to grow beyond this gives the memory back. 20,000 events a second are 1.3 MB each
 * time that they are delivered, and twice that when a tick is late: to grow anew for each, from the
 * least room on, leaves more behind than is kept.
 */
const MOST_KEPT = 1 << 22;

/**
 * Lines in order, all of which are taken at once.
 *
 * Each is written into the batch's bytes as it comes: text that is kept until there is a batch of
 * it, joined and encoded is copied four times, and the collector carries every line along.
 */
export class LineQueue {
  #room: Buffer = NO_BYTES;
  #spare: Buffer = NO_BYTES;
  #count = 0;
  #bytes = 0;
  #fromNs = NO_LOSS.fromNs;
  #untilNs = NO_LOSS.untilNs;

  get size(): number {
    return this.#count;
  }

  /** Bytes of all lines, LFs included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Put one line, without its LF, behind the others. */
  push(line: string, t: Nanoseconds): void {
    // A UTF-16 unit takes three bytes at most.
    this.#makeRoom(3 * line.length + 1 + MOST_CHECKSUM_BYTES);
    this.#bytes += this.#room.write(line, this.#bytes, "utf8");
    this.#room[this.#bytes++] = 0x0a;
    this.#count++;
    if (t < this.#fromNs) this.#fromNs = t;
    if (t > this.#untilNs) this.#untilNs = t;
  }

  /** Take all lines. Their bytes stay as they are until they are given back. */
  take(): LineBatch {
    const room = this.#room;
    let end = this.#bytes;
    if (end > 0) end += room.write(checksumLine(room.subarray(0, end), this.#count), end, "latin1");
    const loss = this.drop();
    this.#room = this.#spare;
    this.#spare = NO_BYTES;
    return { bytes: room.subarray(0, end), loss };
  }

  /** Leave all lines out. */
  drop(): Loss {
    const loss = { count: this.#count, fromNs: this.#fromNs, untilNs: this.#untilNs };
    this.#count = 0;
    this.#bytes = 0;
    this.#fromNs = NO_LOSS.fromNs;
    this.#untilNs = NO_LOSS.untilNs;
    return loss;
  }

  /** A batch that was taken has been written or left out: its memory serves for another. */
  giveBack({ bytes }: LineBatch): void {
    if (bytes.buffer.byteLength > MOST_KEPT) return;
    this.#spare = Buffer.from(bytes.buffer);
  }

  #makeRoom(bytes: number): void {
    const wanted = this.#bytes + bytes;
    if (wanted <= this.#room.length) return;
    const { length } = this.#room;
    const grown = length < MUCH ? 2 * length : 1.25 * length;
    const room = Buffer.allocUnsafeSlow(Math.ceil(Math.max(LEAST_ROOM, grown, wanted)));
    this.#room.copy(room, 0, 0, this.#bytes);
    this.#room = room;
  }
}
