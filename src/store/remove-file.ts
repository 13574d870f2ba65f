/** Removes a file of ours, and nothing that somebody has put in its place. */

import { closeSync, constants, lstatSync, openSync, unlinkSync } from "node:fs";
import { basename, dirname } from "node:path";
import { actAs, type Identity, invokingUser } from "./invoking-user.ts";

/**
 * Remove a regular file, with the rights of the user behind sudo.
 *
 * The directory is opened first and must be no link, so that nobody can lead the removal elsewhere.
 *
 * @returns whether it is gone
 */
export function removeFile(path: string): boolean {
  const owner = invokingUser(process.env, process.geteuid?.() ?? -1);
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  try {
    return actAs(owner, process as Identity, () => {
      const directory = openSync(dirname(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      try {
        const name = `/proc/self/fd/${directory}/${basename(path)}`;
        if (!lstatSync(name).isFile()) return false;
        unlinkSync(name);
        return true;
      } finally {
        closeSync(directory);
      }
    });
  } catch {
    return false;
  }
}
