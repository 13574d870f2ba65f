/** Creates an output file so that nobody can lead the writing elsewhere. */

import { randomBytes } from "node:crypto";
import { closeSync, constants, lstatSync, openSync, renameSync, unlinkSync } from "node:fs";
import { basename, dirname } from "node:path";
import { actAs, type Identity, invokingUser, type Owner } from "./invoking-user.ts";
import { codeOf } from "./recording-error.ts";

/** Why a file was not created. */
export type CreateErrorCode = "exists" | "unsafe-path" | "failed";

/** One line for a person: what, why, the next step. */
export class CreateError extends Error {
  override readonly name = "CreateError";
  readonly code: CreateErrorCode;

  constructor(code: CreateErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** How a file is created. */
export interface CreateOptions {
  /** Replace a regular file that is there. Anything else there is still refused. */
  readonly force?: boolean;
  /** To whom the file belongs; by default the user behind sudo, or the process itself. */
  readonly owner?: Owner | null;
}

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;
const FRESH = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;

/** Recordings hold addresses and command names: nobody else reads them. */
const PRIVATE = 0o600;

/**
 * Create a file for writing and return its descriptor.
 *
 * `O_EXCL | O_NOFOLLOW` alone still follows a symbolic link in place of the directory. So the
 * directory is opened first, must be no link, and the file is created through its descriptor:
 * whatever becomes of the path afterwards, the file lies in the directory that was opened.
 * With `force` a fresh file is moved over the old one by rename, which replaces names and follows
 * no link.
 *
 * @throws CreateError
 */
export function createFile(path: string, options: CreateOptions = {}): number {
  return inDirectory(path, options, ({ directory, name, shown }) =>
    options.force
      ? replace(directory, name, shown)
      : openSync(`${directory}/${name}`, FRESH, PRIVATE),
  );
}

/**
 * Refuse now what `createFile` would refuse, where much would be done in vain before it is called.
 *
 * Nothing is made and nothing promised: what counts is what is there when the file is created.
 *
 * @throws CreateError
 */
export function refuseUnfit(path: string, options: CreateOptions = {}): void {
  inDirectory(path, options, ({ directory, name, shown }) => {
    const old = lstatOf(`${directory}/${name}`);
    if (old === undefined) return;
    if (options.force !== true) throw occupied(shown);
    refuseIrregular(old, shown);
  });
}

/** A directory that is held open, and what is to be in it. */
interface Place {
  readonly directory: string;
  readonly name: string;
  /** The whole path, for people. */
  readonly shown: string;
}

function inDirectory<T>(path: string, options: CreateOptions, act: (place: Place) => T): T {
  const shown = path.replace(/\p{Cc}/gu, "?");
  const name = basename(path);
  if (path.endsWith("/") || name === "" || name === "." || name === "..") {
    throw new CreateError(
      "unsafe-path",
      `cannot write ${shown}: it names no file; add a file name`,
    );
  }
  const { owner = invokingUser(process.env, process.geteuid?.() ?? -1) } = options;
  try {
    return actAs(owner, process as Identity, () => {
      const directory = openDirectory(dirname(path), shown);
      try {
        return act({ directory: `/proc/self/fd/${directory}`, name, shown });
      } finally {
        closeSync(directory);
      }
    });
  } catch (error) {
    throw error instanceof CreateError ? error : failure(shown, error);
  }
}

function openDirectory(path: string, shown: string): number {
  try {
    return openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (error) {
    const code = codeOf(error);
    // A link opened with O_DIRECTORY | O_NOFOLLOW gives ENOTDIR, as a plain file does.
    if (code === "ELOOP" || (code === "ENOTDIR" && lstatOf(path)?.isSymbolicLink())) {
      throw new CreateError(
        "unsafe-path",
        `cannot write ${shown}: its directory is a symbolic link; give the directory's real path`,
        { cause: error },
      );
    }
    throw error;
  }
}

function replace(directory: string, name: string, shown: string): number {
  const target = `${directory}/${name}`;
  refuseIrregular(lstatOf(target), shown);
  const fresh = `${directory}/.lastack-${randomBytes(9).toString("hex")}`;
  const fd = openSync(fresh, FRESH, PRIVATE);
  try {
    renameSync(fresh, target);
    return fd;
  } catch (error) {
    closeSync(fd);
    unlinkSync(fresh);
    throw error;
  }
}

function refuseIrregular(old: ReturnType<typeof lstatOf>, shown: string): void {
  if (old === undefined || old.isFile()) return;
  throw new CreateError(
    "unsafe-path",
    `cannot write ${shown}: what is there is no regular file; choose another name`,
  );
}

function occupied(shown: string, cause?: unknown): CreateError {
  return new CreateError("exists", `cannot write ${shown}: it is there already; use --force`, {
    cause,
  });
}

function lstatOf(path: string): ReturnType<typeof lstatSync> {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function failure(shown: string, cause: unknown): CreateError {
  const code = codeOf(cause);
  if (code === "EEXIST") return occupied(shown, cause);
  const reason = REASONS.get(code) ?? `the system says ${code}; choose another place`;
  return new CreateError("failed", `cannot write ${shown}: ${reason}`, { cause });
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "its directory is not there; create it first"],
  ["ENOTDIR", "a part of its path is no directory; check the path"],
  ["EACCES", "the user who runs this may not write there; choose a directory of theirs"],
  ["EPERM", "the user who runs this may not write there; choose a directory of theirs"],
  ["ENOSPC", "the disk is full; free some space or choose another disk"],
  ["EROFS", "the file system is read-only; choose another place"],
  ["ENAMETOOLONG", "the name is too long; choose a shorter one"],
]);
