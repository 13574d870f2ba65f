/** Keeps the end of what bpftrace writes to stderr and hands it on line by line. */

import { LineSplitter } from "./line-splitter.ts";

const keptBytes = 8 * 1024;

/**
 * A bounded memory of stderr; nothing is ever printed.
 *
 * stderr alone is no failure: where the host lacks CAP_SYS_RESOURCE, 0.17 starts every good run
 * with `ERROR: … couldn't set RLIMIT_MEMLOCK`.
 */
export class StderrTail {
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #splitter = new LineSplitter(keptBytes);
  #bytes = Buffer.alloc(0);

  constructor(onLine?: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** The last 8 KiB. */
  get text(): string {
    return this.#bytes.toString("utf8");
  }

  push(chunk: Buffer): void {
    this.#bytes = Buffer.from(Buffer.concat([this.#bytes, chunk]).subarray(-keptBytes));
    for (const line of this.#splitter.push(chunk)) this.#onLine?.(line);
  }

  end(): void {
    const line = this.#splitter.end();
    if (line !== undefined) this.#onLine?.(line);
  }
}
