/** Writes an export to a file as safely as a recording. */

import { closeSync, writeSync } from "node:fs";
import { createFile } from "../store/create-file.ts";
import { removeFile } from "../store/remove-file.ts";
import { appendTrouble } from "../store/whole-appender.ts";
import { OperatorError } from "./operator-error.ts";
import { refusedFile } from "./refused-file.ts";

const CHUNK = 1 << 18;

/**
 * Write pieces to a new file, mode 0600, never through a symbolic link; what could not be written
 * whole is removed, for half an export looks like a short one.
 *
 * @throws OperatorError 1 when it cannot be created or written
 */
export async function saveText(
  path: string,
  pieces: Iterable<string>,
  force: boolean,
): Promise<void> {
  const file = create(path, force);
  try {
    try {
      let waiting = "";
      for (const piece of pieces) {
        waiting += piece;
        if (waiting.length < CHUNK) continue;
        writeAll(file, waiting);
        waiting = "";
      }
      writeAll(file, waiting);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    removeFile(path);
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new OperatorError(
      1,
      `cannot write ${path}: ${appendTrouble(error)}; or write elsewhere`,
      error,
    );
  }
}

function create(path: string, force: boolean): number {
  try {
    return createFile(path, { force });
  } catch (error) {
    throw refusedFile(error);
  }
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
