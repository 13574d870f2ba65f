/** Reads small files of /proc again and again, at once and for little. */

import { closeSync, openSync, readSync } from "node:fs";

/** The files that are read so have some thousand bytes: the longest, netstat, has 6,000. */
let room = Buffer.allocUnsafeSlow(16_384);

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

  constructor(path: string) {
    this.#path = path;
  }

  /** The text as it is now; null when it cannot be read. */
  read(): string | null {
    try {
      this.#fd ??= openSync(this.#path, "r");
      return readAll(this.#fd);
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

/** Read a small file once, at once; null when it cannot be read. */
export function readSmallFile(path: string): string | null {
  const file = new KeptFile(path);
  try {
    return file.read();
  } finally {
    file.close();
  }
}

function readAll(fd: number): string {
  let length = 0;
  for (;;) {
    const count = readSync(fd, room, length, room.length - length, length);
    if (count === 0) return room.toString("utf8", 0, length);
    length += count;
    if (length === room.length) room = Buffer.concat([room], 2 * room.length);
  }
}
