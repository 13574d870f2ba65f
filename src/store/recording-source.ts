/** Where the bytes of a recording come from: a file, stdin, either of them gzipped. */

import { open } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { constants, createGunzip } from "node:zlib";
import { codeOf, RecordingError, unreadable } from "./recording-error.ts";

const CHUNK_BYTES = 262_144;
const GZIP_MAGIC = 0x1f8b;

/** Decompressed bytes up to which nobody asks for the ratio, and the ratio allowed beyond. */
const FREE_BYTES = 64 * 1024 * 1024;
const MAX_RATIO = 100;

/** The input broke off where it is damaged; what came before can be used. */
export class CutShort extends Error {
  override readonly name = "CutShort";
}

/** What messages call a recording. */
export function labelOf(path: string): string {
  return path === "-" ? "stdin" : path.replace(/\p{Cc}/gu, "?");
}

/** Tell from the first two bytes whether the rest is gzip (RFC 1952). */
export function isGzip(head: Buffer): boolean {
  return head.length > 1 && head.readUInt16BE(0) === GZIP_MAGIC;
}

/**
 * Open a recording's bytes.
 *
 * @throws RecordingError `unreadable`.
 */
export async function openSource(path: string): Promise<Readable> {
  if (path === "-") return process.stdin;
  try {
    const file = await open(path, "r");
    if ((await file.stat()).isDirectory()) {
      await file.close();
      throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
    }
    return file.createReadStream({ highWaterMark: CHUNK_BYTES });
  } catch (error) {
    throw unreadable(labelOf(path), error);
  }
}

/**
 * Hand out a recording's chunks, decompressed where they begin as gzip does, whatever its name is.
 *
 * A gzip file that ends in the middle gives all that was packed before. One that unpacks to more
 * than 64 MiB and 100 times its size is a bomb: recordings pack by 10 to 20.
 *
 * @throws RecordingError `unreadable`, CutShort.
 */
export async function* chunksOf(
  source: Readable,
  label: string,
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void> {
  const chunks = readChunks(source, label, signal);
  const head = await firstBytes(chunks);
  const whole = prepend(head, chunks);
  yield* isGzip(head) ? inflate(whole, label) : whole;
}

async function* readChunks(
  source: Readable,
  label: string,
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void> {
  const stop = (): void => void source.destroy();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    for await (const chunk of source) {
      if (signal?.aborted) return;
      yield chunk as Buffer;
    }
  } catch (error) {
    if (!signal?.aborted) throw unreadable(label, error);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

async function firstBytes(chunks: AsyncGenerator<Buffer, void>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await chunks.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

async function* prepend(
  head: Buffer,
  rest: AsyncGenerator<Buffer, void>,
): AsyncGenerator<Buffer, void> {
  try {
    if (head.length > 0) yield head;
    for await (const chunk of rest) yield chunk;
  } finally {
    await rest.return();
  }
}

async function* inflate(
  packed: AsyncGenerator<Buffer, void>,
  label: string,
): AsyncGenerator<Buffer, void> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES, finishFlush: constants.Z_SYNC_FLUSH });
  pipeline(Readable.from(packed), gunzip, () => {
    // The error is thrown by the iteration below.
  });
  let unpacked = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      unpacked += chunk.length;
      if (unpacked > FREE_BYTES && unpacked > MAX_RATIO * gunzip.bytesWritten) throw bomb(label);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    throw new CutShort(`${label} is damaged: ${codeOf(error)}`, { cause: error });
  }
}

function bomb(label: string): RecordingError {
  return new RecordingError(
    "unreadable",
    `cannot read ${label}: it unpacks to over ${MAX_RATIO} times its size, which no recording does; ` +
      "unpack it with gunzip if you trust it",
  );
}
