/** Appends batches wholly or not at all, whatever the disk does in between. */

import type { AppendTarget } from "./append-target.ts";
import { codeOf } from "./recording-error.ts";

const LF = Buffer.from("\n");

/**
 * One batch at a time onto a target.
 *
 * A full disk makes a write short and fails the next one. What the short one left would merge with
 * the line that comes after it, so the file is cut back to the end of the last whole batch before
 * anything else is written. A stream cannot be cut back: there the next batch begins with an LF.
 */
export class WholeAppender {
  readonly #target: AppendTarget;
  #position = 0;
  #hasRemnant = false;

  constructor(target: AppendTarget) {
    this.#target = target;
  }

  /** Bytes of whole batches. */
  get position(): number {
    return this.#position;
  }

  /** Append a batch, or throw what the system said and leave nothing of it behind. */
  async append(batch: Buffer): Promise<void> {
    await this.#removeRemnant();
    const bytes = this.#hasRemnant ? Buffer.concat([LF, batch]) : batch;
    try {
      await this.#writeAll(bytes);
    } catch (error) {
      await this.#removeRemnant().catch(() => {
        // It stays marked, and nothing is written before it is gone.
      });
      throw error;
    }
    this.#hasRemnant = false;
    this.#position += bytes.length;
  }

  async #writeAll(bytes: Buffer): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const count = await this.#target.write(bytes.subarray(done), this.#position + done);
      if (count === 0) throw Object.assign(new Error("nothing was written"), { code: "ENOSPC" });
      this.#hasRemnant = true;
      done += count;
    }
  }

  async #removeRemnant(): Promise<void> {
    if (!this.#hasRemnant || !this.#target.canSeek) return;
    await this.#target.truncate(this.#position);
    this.#hasRemnant = false;
  }
}

/** Say for a person why an append failed. */
export function appendTrouble(error: unknown): string {
  const code = codeOf(error);
  if (code === "ENOSPC" || code === "EDQUOT") return "the disk is full, free some space";
  return `the system says ${code}`;
}
