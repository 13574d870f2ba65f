/** What a recording is appended to: a file of ours, or stdout. */

import { close, fdatasync, fstatSync, ftruncate, write, writeSync } from "node:fs";
import { promisify } from "node:util";

/** The few calls that appending needs; a test puts a failing disk behind them. */
export interface AppendTarget {
  /** Whether bytes can be written at a position and cut off again; not so in a pipe. */
  readonly canSeek: boolean;
  /** Write some of the bytes at `position`, or at the end of a stream; return how many. */
  write(bytes: Buffer, position: number): Promise<number>;
  /** Write without waiting for the loop: for the last moment of a dying process. */
  writeNow(bytes: Buffer, position: number): void;
  truncate(length: number): Promise<void>;
  /** Bring the data to the medium. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

const writeBytes = promisify(write);
const truncateTo = promisify(ftruncate);
const syncData = promisify(fdatasync);
const closeFd = promisify(close);

/** A file that only we write to. Positions are explicit, so a repeated write changes nothing. */
export function fileTarget(fd: number): AppendTarget {
  return {
    canSeek: true,
    async write(bytes, position) {
      return (await writeBytes(fd, bytes, 0, bytes.length, position)).bytesWritten;
    },
    writeNow(bytes, position) {
      writeSync(fd, bytes, 0, bytes.length, position);
    },
    truncate: (length) => truncateTo(fd, length),
    sync: () => syncData(fd),
    close: () => closeFd(fd),
  };
}

/**
 * Stdout, whatever the shell has put there. It stays open and is never cut back.
 *
 * A pipe is written through `process.stdout`: a write(2) on a full pipe would hold a thread of the
 * pool, and `process.exit` waits for those, so that a stalled reader could keep us from ending.
 * A file is written directly: a stream is destroyed by the first error, and a disk has room again.
 */
export function stdoutTarget(): AppendTarget {
  const fd = process.stdout.fd;
  return {
    canSeek: false,
    write: fstatSync(fd).isFile() ? (bytes) => writeAtEnd(fd, bytes) : writeToPipe,
    writeNow(bytes) {
      writeSync(fd, bytes);
    },
    truncate: async () => {},
    sync: async () => {},
    close: async () => {},
  };
}

async function writeAtEnd(fd: number, bytes: Buffer): Promise<number> {
  return (await writeBytes(fd, bytes, 0, bytes.length, null)).bytesWritten;
}

function writeToPipe(bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    // The error also comes as an event, which would end the process where nobody listens.
    process.stdout.once("error", ignore);
    process.stdout.write(bytes, (error) => {
      if (error) {
        reject(error);
        return;
      }
      process.stdout.off("error", ignore);
      resolve(bytes.length);
    });
  });
}

function ignore(): void {}
