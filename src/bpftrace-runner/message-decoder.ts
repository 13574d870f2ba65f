/** Turns chunks of bpftrace's stdout into messages and keeps the account of them. */

import { LineSplitter } from "./line-splitter.ts";
import { type BpftraceMessage, parseMessage } from "./message.ts";

/** The running account of one bpftrace; the numbers only grow. */
export interface BpftraceStats {
  /** Lines read whole and not blank, the unparsed ones and the ready line included. */
  readonly lines: number;
  /** Lines which were no message of bpftrace. */
  readonly unparsed: number;
  /** Lines longer than `maxLineBytes`, skipped; not among `lines`. */
  readonly overlong: number;
  /** The sum of bpftrace's own `lost_events`; do not trust it, count in the kernel. */
  readonly lostReported: number;
  /** Bytes read from stdout; ahead of the other numbers by what waits in the queue. */
  readonly bytes: number;
}

/** One stream's decoder: feed it chunks in order, then `end`. */
export class MessageDecoder {
  /** The live account; `bytes` is left to whoever reads the pipe. */
  readonly stats = { lines: 0, unparsed: 0, overlong: 0, lostReported: 0, bytes: 0 };
  readonly #splitter: LineSplitter;

  constructor(maxLineBytes: number) {
    this.#splitter = new LineSplitter(maxLineBytes);
  }

  /** The messages which this chunk completes. */
  push(chunk: Buffer): BpftraceMessage[] {
    return this.#readAll(this.#splitter.push(chunk));
  }

  /** The last message, when the stream ended without an LF behind it. */
  end(): BpftraceMessage[] {
    const line = this.#splitter.end();
    return this.#readAll(line === undefined ? [] : [line]);
  }

  #readAll(lines: readonly string[]): BpftraceMessage[] {
    const messages: BpftraceMessage[] = [];
    for (const line of lines) {
      if (line.trim() === "") continue;
      this.stats.lines += 1;
      const message = parseMessage(line);
      if (message === undefined) {
        this.stats.unparsed += 1;
        continue;
      }
      if (message.type === "lost_events") this.stats.lostReported += message.count;
      messages.push(message);
    }
    this.stats.overlong = this.#splitter.overlong;
    return messages;
  }
}
