/** Reads a recording with the place of each event: what an index is made from. */

import { openSync, readSync } from "node:fs";
import type { LateMark } from "../event/order.ts";
import type { TraceEvent } from "../event/trace-event.ts";
import { RecordingScanner } from "./recording-scanner.ts";

/** An event with the place of its line; null for damage, of which no line tells. */
export interface LocatedEvent {
  readonly event: TraceEvent;
  readonly start: number | null;
}

const CHUNK_BYTES = 1 << 20;
const LF = 0x0a;
const CHECKSUM = Buffer.from('{"type":"checksum"');
const LATE = Buffer.from('"late":true');

/**
 * One reading of a plain file, a line at a time.
 *
 * Events come as they stand: what a live run wrote is in order already.
 */
export class LocatedEvents {
  readonly scanner: RecordingScanner;
  readonly #fd: number;
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #read = 0;
  #lineStart = 0;
  #isProven = false;
  #hasChecksums = false;
  #isOrdered = true;

  constructor(path: string, label: string) {
    this.scanner = new RecordingScanner(label, 0);
    this.#fd = openSync(path, "r");
  }

  get fd(): number {
    return this.#fd;
  }

  /** No event so far stands behind a later one without saying so: others than us may write such. */
  get isOrdered(): boolean {
    return this.#isOrdered;
  }

  /**
   * Read on for one chunk and hand each event out; false at the end of the file.
   *
   * @param enter told after each line where a reading may begin: a checksum vouches for all lines
   * since the last one, so that none can begin between two
   */
  step(take: (located: LocatedEvent) => void, enter: (offset: number) => void): boolean {
    const count = readSync(this.#fd, this.#chunk, 0, CHUNK_BYTES, this.#read);
    if (count === 0) {
      for (const event of this.scanner.finish(false)) take({ event, start: null });
      return false;
    }
    const bytes = this.#chunk.subarray(0, count);
    for (let at = 0; at < count; ) {
      const lf = bytes.indexOf(LF, at);
      const end = lf < 0 ? count : lf + 1;
      const start = this.#lineStart;
      if (lf >= 0) this.#lineStart = this.#read + end;
      const line = bytes.subarray(at, end);
      this.#isProven = line.subarray(0, CHECKSUM.length).equals(CHECKSUM);
      this.#hasChecksums ||= this.#isProven;
      this.#push(line, start, take);
      const isClear = (this.#isProven || !this.#hasChecksums) && !this.scanner.owesGap;
      if (lf >= 0 && isClear) enter(this.#lineStart);
      at = end;
    }
    this.#read += count;
    return true;
  }

  #push(line: Buffer, start: number, take: (located: LocatedEvent) => void): void {
    const events = this.scanner.push(line);
    for (const [index, event] of events.entries()) {
      const isOfLine = index === events.length - 1 && !this.#isProven;
      if ((event as LateMark).late === true && !line.includes(LATE)) this.#isOrdered = false;
      take({ event, start: isOfLine ? start : null });
    }
  }
}
