/** Keeps buffers on disk in the place of memory, in files without a name. */

import { randomBytes } from "node:crypto";
import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createFile } from "./create-file.ts";

/** Bytes that are kept somewhere. */
export interface Held {
  readonly length: number;
  read(): Buffer;
  /** They are not needed any more. */
  drop(): void;
}

/** Bytes that stay in memory. */
export function inMemory(bytes: Buffer): Held {
  return { length: bytes.length, read: () => bytes, drop() {} };
}

interface ShelfFile {
  readonly writing: number;
  readonly reading: number;
  size: number;
  /** Buffers in it that are still needed. */
  count: number;
}

/** A file is full at this size; the disk gets it back when nothing in it is needed any more. */
const FILE_BYTES = 16 * 1024 * 1024;

/**
 * A directory to keep buffers in.
 *
 * The files have no name from the first moment on, so nobody else can open them, and the system
 * takes them back when the program ends, however that is.
 */
export class Shelf {
  readonly #directory: string;
  readonly #onProblem: (line: string) => void;
  readonly #fileBytes: number;
  #files: ShelfFile[] = [];
  #hasFailed = false;

  /**
   * @param onProblem told in one line, once, when a buffer could not be kept
   * @throws CreateError when nothing can be written there
   */
  constructor(directory: string, onProblem: (line: string) => void, fileBytes = FILE_BYTES) {
    this.#directory = directory;
    this.#onProblem = onProblem;
    this.#fileBytes = fileBytes;
    this.#open();
  }

  /** Files that are open; each is about 16 MB. */
  get files(): number {
    return this.#files.length;
  }

  /** Keep bytes; in memory where the disk does not take them. */
  put(bytes: Buffer): Held {
    try {
      return this.#write(bytes);
    } catch (error) {
      if (!this.#hasFailed) {
        const why = error instanceof Error ? error.message : String(error);
        this.#onProblem(`the history stays in memory, ${this.#directory} does not take it: ${why}`);
      }
      this.#hasFailed = true;
      return inMemory(bytes);
    }
  }

  close(): void {
    for (const file of this.#files) closeFile(file);
    this.#files = [];
  }

  #write(bytes: Buffer): Held {
    const newest = this.#files.at(-1);
    const file = newest !== undefined && newest.size < this.#fileBytes ? newest : this.#open();
    const from = file.size;
    // What a failed write has left behind is written over by the next.
    let written = 0;
    while (written < bytes.length) {
      written += writeSync(file.writing, bytes, written, bytes.length - written, from + written);
    }
    file.size += bytes.length;
    file.count++;
    const { length } = bytes;
    return {
      length,
      read() {
        const buffer = Buffer.allocUnsafe(length);
        let read = 0;
        while (read < length) {
          const count = readSync(file.reading, buffer, read, length - read, from + read);
          if (count === 0) throw new Error("the history on disk was cut short");
          read += count;
        }
        return buffer;
      },
      drop: () => this.#drop(file),
    };
  }

  #drop(file: ShelfFile): void {
    file.count--;
    const isNewest = file === this.#files.at(-1);
    if (file.count > 0 || isNewest || !this.#files.includes(file)) return;
    this.#files = this.#files.filter((each) => each !== file);
    closeFile(file);
  }

  #open(): ShelfFile {
    const name = `.lastack-history-${randomBytes(8).toString("hex")}`;
    const path = join(this.#directory, name);
    const writing = createFile(path);
    try {
      const file = { writing, reading: openSync(`/proc/self/fd/${writing}`, "r") };
      this.#files.push({ ...file, size: 0, count: 0 });
    } finally {
      unlinkSync(path);
    }
    return this.#files.at(-1) as ShelfFile;
  }
}

function closeFile({ writing, reading }: ShelfFile): void {
  closeSync(writing);
  closeSync(reading);
}
