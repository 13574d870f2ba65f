/** Cuts bytes into runs of whole lines at LF, and skips lines over the cap. */

const LF = 0x0a;
const NO_BYTES = Buffer.alloc(0);

/** The longest line of a recording, bytes without its LF. */
export const MAX_LINE_BYTES = 65_536;

/** Takes what the cutter finds, in the order of the input. */
export interface LineChunkSink {
  /** One or more whole lines, the last one ending in LF. Valid until the call returns. */
  lines(bytes: Buffer): void;
  /** One line was over the cap and is left out. */
  overlong(): void;
}

/**
 * A cutter over bytes that looks for an LF twice per 64 KiB and not once per line.
 *
 * A piece of at most one cap's length cannot hold a whole line that is over the cap: such a line
 * crosses the edge of a piece, where it is weighed. Nothing longer than the cap is ever held.
 * `readline` will not do: it splits at U+2028 too (nodejs/node#57591) and holds any line whole.
 */
export class LineChunks {
  #held: Buffer = NO_BYTES;
  #isSkipping = false;

  /** Cut one chunk, of any length. */
  push(chunk: Buffer, sink: LineChunkSink): void {
    for (let start = 0; start < chunk.length; start += MAX_LINE_BYTES) {
      this.#cut(chunk.subarray(start, start + MAX_LINE_BYTES), sink);
    }
  }

  /** The bytes behind the last LF: a line that nobody finished, or nothing. */
  end(): Buffer {
    const rest = this.#held;
    this.#held = NO_BYTES;
    this.#isSkipping = false;
    return rest;
  }

  #cut(piece: Buffer, sink: LineChunkSink): void {
    const first = piece.indexOf(LF);
    if (first < 0) {
      this.#hold(piece, sink);
      return;
    }
    let start = 0;
    if (this.#isSkipping || this.#held.length + first > MAX_LINE_BYTES) {
      if (!this.#isSkipping) sink.overlong();
      this.#isSkipping = false;
      this.#held = NO_BYTES;
      start = first + 1;
    }
    const end = piece.lastIndexOf(LF) + 1;
    const whole = piece.subarray(start, end);
    const bytes = this.#held.length === 0 ? whole : Buffer.concat([this.#held, whole]);
    this.#held = Buffer.from(piece.subarray(end));
    if (bytes.length > 0) sink.lines(bytes);
  }

  #hold(piece: Buffer, sink: LineChunkSink): void {
    if (this.#isSkipping) return;
    if (this.#held.length + piece.length <= MAX_LINE_BYTES) {
      this.#held = Buffer.concat([this.#held, piece]);
      return;
    }
    sink.overlong();
    this.#isSkipping = true;
    this.#held = NO_BYTES;
  }
}
