/** Reads small files of /proc again and again, at once and for little. */

import { closeSync, openSync, readSync } from "node:fs";

/** The files that are read so have some thousand bytes: the longest, netstat, has 6,000. */
let room = Buffer.allocUnsafeSlow(16_384);
const NOTHING = Buffer.alloc(0);

/**
 * A file that stays open and is read from its beginning each time: the kernel then makes its text
 * anew (`fs/seq_file.c:seq_read_iter`).
 *
 * `fs/promises` makes four turns of the thread pool out of a read, and takes 64 KiB for a file
 * that does not tell its size: thirty of them a second were half of what an idle host was charged.
 * So it is read at once, which takes the kernel some microseconds; not for a file that waits for
 * another process. An open file of /proc/PID keeps nothing of the process, but one of /proc/PID/net
 * keeps the namespace alive.
 */
export class KeptFile {
  readonly #path: string;
  #fd: number | null = null;
  #bytes = NOTHING;
  #text = "";

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The text as it is now; null when it cannot be read.
   *
   * While it says the same it is the same string and not another like it, which costs nothing to
   * compare: on an idle host nearly every reading is one of those.
   */
  read(): string | null {
    try {
      this.#fd ??= openSync(this.#path, "r");
      const length = readAll(this.#fd);
      const bytes = this.#bytes;
      if (length !== bytes.length || bytes.compare(room, 0, length) !== 0) {
        this.#bytes = Buffer.from(room.subarray(0, length));
        this.#text = this.#bytes.toString("utf8");
      }
      return this.#text;
    } catch {
      this.close();
      return null;
    }
  }

  /** Give the descriptor back; the next reading opens the file again. */
  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}

/** What a file says that is read again and again, parsed anew only where it says something else. */
export class ParsedFile<Value> {
  readonly #file: KeptFile;
  readonly #parse: (text: string) => Value;
  #parsed: { readonly text: string; readonly value: Value } | null = null;

  constructor(path: string, parse: (text: string) => Value) {
    this.#file = new KeptFile(path);
    this.#parse = parse;
  }

  /** What it says now, the same object while it says the same; null when it cannot be read. */
  read(): Value | null {
    const text = this.#file.read();
    if (text === null) return null;
    if (this.#parsed?.text !== text) this.#parsed = { text, value: this.#parse(text) };
    return this.#parsed.value;
  }

  /** Give the descriptor back; the next reading opens the file again. */
  close(): void {
    this.#file.close();
  }
}

/** Read a small file once, at once; null when it cannot be read. */
export function readSmallFile(path: string): string | null {
  const file = new KeptFile(path);
  try {
    return file.read();
  } finally {
    file.close();
  }
}

/** Read into `room`; gives how many bytes. */
function readAll(fd: number): number {
  let length = 0;
  for (;;) {
    const count = readSync(fd, room, length, room.length - length, length);
    if (count === 0) return length;
    length += count;
    if (length === room.length) room = Buffer.concat([room], 2 * room.length);
  }
}
