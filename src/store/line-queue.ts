/** Lines that wait for the disk, with the account that is due if they never reach it. */

import type { Nanoseconds } from "../event/trace-event.ts";
import { type Loss, NO_LOSS } from "./loss.ts";

/** A batch of lines as one text, and what would be lost with it. */
export interface LineBatch {
  readonly text: string;
  readonly loss: Loss;
}

/** Lines in order, all of which are taken at once. */
export class LineQueue {
  #lines: string[] = [];
  #chars = 0;
  #fromNs = NO_LOSS.fromNs;
  #untilNs = NO_LOSS.untilNs;

  get size(): number {
    return this.#lines.length;
  }

  /** UTF-16 units, LF included: a good enough measure of bytes. */
  get chars(): number {
    return this.#chars;
  }

  /** Put one line, without its LF, behind the others. */
  push(line: string, t: Nanoseconds): void {
    this.#lines.push(line);
    this.#chars += line.length + 1;
    if (t < this.#fromNs) this.#fromNs = t;
    if (t > this.#untilNs) this.#untilNs = t;
  }

  /** Take all lines. */
  take(): LineBatch {
    const lines = this.#lines;
    const loss = { count: lines.length, fromNs: this.#fromNs, untilNs: this.#untilNs };
    this.#lines = [];
    this.#chars = 0;
    this.#fromNs = NO_LOSS.fromNs;
    this.#untilNs = NO_LOSS.untilNs;
    return { text: lines.length === 0 ? "" : `${lines.join("\n")}\n`, loss };
  }
}
