/** Finds the system's own programs, and refuses any that somebody else could have put there. */

import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Where system programs live; PATH is never asked, because its owner may not be root. */
const DIRECTORIES = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"] as const;

/** The whole environment of a started tool: nothing of ours decides what it loads or prints. */
export const TOOL_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: DIRECTORIES.join(":"),
  LC_ALL: "C",
};

const OTHERS_MAY_WRITE = 0o022;

/**
 * Say why a program is not to be trusted, or null when it is.
 *
 * The file and every directory above it must belong to root and be writable by nobody else: we run
 * it as root. `path` must be free of symbolic links (see `realpath`).
 */
export async function distrustOf(path: string): Promise<string | null> {
  for (let at = path; ; at = dirname(at)) {
    const { uid, mode } = await stat(at);
    if (uid !== 0) return `${at} belongs to user ${uid}, not to root`;
    if ((mode & OTHERS_MAY_WRITE) !== 0) return `${at} is writable by others than root`;
    if (at === dirname(at)) return null;
  }
}

/**
 * Find a system program by its name.
 *
 * Gives the real path, free of links, or null when no trustworthy one stands in the fixed list of
 * directories.
 */
export async function findTool(
  name: string,
  directories: readonly string[] = DIRECTORIES,
): Promise<string | null> {
  for (const directory of directories) {
    try {
      const path = await realpath(join(directory, name));
      await access(path, constants.X_OK);
      if ((await distrustOf(path)) === null) return path;
    } catch {
      // Not in this directory, or vanished while we looked: the next one.
    }
  }
  return null;
}
