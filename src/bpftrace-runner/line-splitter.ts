/** Cuts a byte stream into lines at LF, wherever the chunks happen to end. */

const lineFeed = 0x0a;

/**
 * A splitter over bytes, for `readline` has two faults here: it also splits at U+2028, which a
 * process name may hold (nodejs/node#57591), and a line without an end makes it hold everything.
 *
 * Only whole lines are decoded, so a character whose bytes lie in two chunks stays whole. A line of
 * more than `maxBytes` is skipped to its end and counted in `overlong`.
 */
export class LineSplitter {
  /** Lines that were longer than allowed, and skipped. */
  overlong = 0;
  readonly #maxBytes: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #skipping = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines which this chunk completes, without their LF. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    for (
      let end = chunk.indexOf(lineFeed);
      end !== -1;
      start = end + 1, end = chunk.indexOf(lineFeed, start)
    ) {
      const line = this.#complete(chunk, start, end);
      if (line !== undefined) lines.push(line);
    }
    this.#hold(chunk, start);
    return lines;
  }

  /** The last line, when the stream ended without an LF behind it. */
  end(): string | undefined {
    if (this.#heldBytes === 0) return undefined;
    return this.#complete(Buffer.alloc(0), 0, 0);
  }

  #complete(chunk: Buffer, start: number, end: number): string | undefined {
    const isSkipped = this.#skipping;
    this.#skipping = false;
    if (isSkipped) return undefined;
    if (this.#heldBytes + end - start > this.#maxBytes) {
      this.#drop();
      return undefined;
    }
    if (this.#heldBytes === 0) return chunk.toString("utf8", start, end);
    const line = Buffer.concat([...this.#held, chunk.subarray(start, end)]).toString("utf8");
    this.#forget();
    return line;
  }

  #hold(chunk: Buffer, start: number): void {
    if (this.#skipping || start === chunk.length) return;
    this.#held.push(chunk.subarray(start));
    this.#heldBytes += chunk.length - start;
    if (this.#heldBytes > this.#maxBytes) {
      this.#drop();
      this.#skipping = true;
    }
  }

  #drop(): void {
    this.overlong += 1;
    this.#forget();
  }

  #forget(): void {
    this.#held = [];
    this.#heldBytes = 0;
  }
}
