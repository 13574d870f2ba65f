/** Packs a closed file of a recording, beside the loop, and removes the unpacked one. */

import { closeSync, createReadStream, createWriteStream, fdatasyncSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { createFile } from "./create-file.ts";
import { removeFile } from "./remove-file.ts";

/**
 * Turn `FILE` into `FILE.gz`.
 *
 * zlib works in its own threads, so that reading the probes goes on. The unpacked file stays until
 * the packed one is on the medium: who is killed in between leaves both, and the unpacked counts.
 *
 * @throws CreateError, or what reading and writing throw; the unpacked file is then still there
 */
export async function packPart(path: string): Promise<string> {
  const packed = `${path}.gz`;
  // What a killed run has left of it is ours, by its name, and not whole.
  removeFile(packed);
  const fd = createFile(packed);
  const output = createWriteStream("", { fd, autoClose: false });
  try {
    await pipeline(createReadStream(path), createGzip({ level: 6 }), output);
    fdatasyncSync(fd);
  } catch (error) {
    removeFile(packed);
    throw error;
  } finally {
    closeSync(fd);
  }
  removeFile(path);
  removeFile(`${path}.index`);
  return packed;
}
