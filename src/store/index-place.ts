/** Where an index comes to stand: beside its recording, and nobody else's. */

import { closeSync, statSync, writeFileSync } from "node:fs";
import { createFile } from "./create-file.ts";
import { indexPath } from "./index-file.ts";
import { removeFile } from "./remove-file.ts";

/** The place of an index that is being made. */
export interface IndexPlace {
  /** Put the index there; what does not fit on the disk leaves nothing behind. */
  save(bytes: Buffer): void;
  /** Nothing comes: leave no empty file behind. */
  giveUp(): void;
}

/**
 * Take the place of an index beside its recording, before the work of making it.
 *
 * It belongs to the recording's owner, whose rights decide: root who reads a user's file writes
 * nothing where that user may not.
 *
 * @throws CreateError where none may be: a directory that cannot be written to, a link of that name
 */
export function takeIndexPlace(path: string): IndexPlace {
  const { uid, gid } = statSync(path);
  const isRoot = process.geteuid?.() === 0;
  const owner = isRoot && uid !== 0 ? { owner: { uid, gid } } : {};
  const fd = createFile(indexPath(path), { force: true, ...owner });
  const giveUp = (): void => {
    closeSync(fd);
    removeFile(indexPath(path));
  };
  return {
    save(bytes) {
      try {
        writeFileSync(fd, bytes);
      } catch {
        giveUp();
        return;
      }
      closeSync(fd);
    },
    giveUp,
  };
}
