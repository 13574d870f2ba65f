/** Holds what has been read until the one consumer takes it, batch by batch, within a limit. */

import type { BpftraceMessage } from "./message.ts";
import type { MessageDecoder } from "./message-decoder.ts";

/** Handles one batch at once; it is never empty. */
export type MessagesListener = (messages: readonly BpftraceMessage[]) => void;

const batchBytes = 64 * 1024;
/** What a waiting chunk costs beside its bytes; bpftrace flushes each line, so chunks can be tiny. */
const chunkOverheadBytes = 256;
const takenChunk = Buffer.alloc(0);

/**
 * Chunks wait as bytes and are decoded when they are taken, so that a slow consumer costs exactly
 * the bytes it is behind, and not the many times larger objects.
 *
 * Above the limit `isFull` turns true; the owner then leaves the pipe alone until `onDrained`.
 */
export class MessageQueue {
  /** Called when a full queue has been half emptied. */
  onDrained: () => void = () => {};
  readonly #decoder: MessageDecoder;
  #maxBytes: number;
  #early: BpftraceMessage[] = [];
  #chunks: Buffer[] = [];
  #taken = 0;
  #bytes = 0;
  #isFull = false;
  #isEnded = false;
  #isFlushed = false;
  #listener: MessagesListener | undefined;
  #wake: () => void = () => {};

  constructor(decoder: MessageDecoder, maxBytes: number) {
    this.#decoder = decoder;
    this.#maxBytes = maxBytes;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** Add messages that somebody has decoded already; only before the first chunk. */
  pushEarly(messages: readonly BpftraceMessage[]): void {
    this.#early.push(...messages);
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length + chunkOverheadBytes;
    this.#deliver();
    this.#isFull = this.#bytes > this.#maxBytes;
  }

  /** Raise the limit by so many bytes. */
  grant(bytes: number): void {
    this.#maxBytes += bytes;
    this.#noteDrained();
  }

  /** No chunk will follow; what waits is still handed out. */
  end(): void {
    this.#isEnded = true;
    this.#deliver();
  }

  /** Hand every batch to `listener`, now and from now on. */
  listen(listener: MessagesListener): void {
    this.#listener = listener;
    this.#deliver();
  }

  /** The next batch, or undefined when there will be none. */
  async next(): Promise<BpftraceMessage[] | undefined> {
    for (;;) {
      const batch = this.#take();
      if (batch.length > 0) return batch;
      if (this.#isFlushed) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #deliver(): void {
    this.#wake();
    if (this.#listener === undefined) return;
    for (let batch = this.#take(); batch.length > 0; batch = this.#take()) this.#listener(batch);
  }

  /** Empty only when nothing can be had now. */
  #take(): BpftraceMessage[] {
    const batch = this.#early;
    this.#early = [];
    let decoded = 0;
    while (this.#taken < this.#chunks.length && (decoded < batchBytes || batch.length === 0)) {
      const chunk = this.#chunks[this.#taken] ?? takenChunk;
      this.#chunks[this.#taken] = takenChunk;
      this.#taken += 1;
      this.#bytes -= chunk.length + chunkOverheadBytes;
      decoded += chunk.length;
      for (const message of this.#decoder.push(chunk)) batch.push(message);
    }
    if (this.#taken * 2 >= this.#chunks.length) {
      this.#chunks = this.#chunks.slice(this.#taken);
      this.#taken = 0;
    }
    this.#noteDrained();
    if (batch.length === 0 && this.#isEnded && !this.#isFlushed) {
      this.#isFlushed = true;
      return this.#decoder.end();
    }
    return batch;
  }

  #noteDrained(): void {
    if (!this.#isFull || this.#bytes >= this.#maxBytes / 2) return;
    this.#isFull = false;
    this.onDrained();
  }
}
