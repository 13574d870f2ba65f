/** Decides whether a program may be started as root: who could have put another in its place? */

import { lstatSync, readlinkSync } from "node:fs";
import { dirname, join } from "node:path";

/** The answer, with the path that symbolic links lead to or one reason why not. */
export type ProgramVerdict =
  | { readonly trusted: true; readonly path: string }
  | { readonly trusted: false; readonly missing: boolean; readonly reason: string };

/** What one step of a path is; the seam through which tests build a file system of their own. */
export interface PathStep {
  readonly kind: "directory" | "file" | "link" | "other";
  readonly uid: number;
  readonly mode: number;
  /** Where a link points. */
  readonly target?: string;
}

const maxLinks = 40;

/**
 * Judge an absolute path by walking it as the kernel does, link by link.
 *
 * Every directory on the way, that of each link included, and the file itself must belong to root
 * and be writable by root alone. A sticky directory such as /tmp does not pass: it stops a swap but
 * not a first placement. ACLs are not read. Nothing is followed that the walk did not judge, so the
 * path in the verdict is free of links.
 */
export function judgeProgram(
  path: string,
  look: (path: string) => PathStep | undefined = lookOnDisk,
): ProgramVerdict {
  if (!path.startsWith("/")) return distrust("is not an absolute path");
  const ahead = path.split("/");
  let at = "/";
  let links = 0;
  const root = look(at);
  if (root === undefined || isOpen(root)) return distrust("/ is not root's alone");
  while (ahead.length > 0) {
    const name = ahead.shift();
    if (name === undefined || name === "" || name === ".") continue;
    if (name === "..") {
      at = dirname(at);
      continue;
    }
    const next = join(at, name);
    const step = look(next);
    if (step === undefined) return distrust(`${next} is not there to be seen`, true);
    if (step.uid !== 0) return distrust(`${next} belongs to uid ${step.uid}, not to root`);
    if (step.kind === "link") {
      links += 1;
      if (links > maxLinks || step.target === undefined) return distrust(`${next} links in a loop`);
      if (step.target.startsWith("/")) at = "/";
      ahead.unshift(...step.target.split("/"));
      continue;
    }
    if (isOpen(step)) return distrust(`${next} can be written by others than root`);
    if (step.kind !== "directory") return judgeFile(next, step, ahead);
    at = next;
  }
  return distrust(`${at} is a directory`);
}

function judgeFile(path: string, step: PathStep, ahead: readonly string[]): ProgramVerdict {
  if (step.kind !== "file" || ahead.length > 0) return distrust(`${path} is not a regular file`);
  if ((step.mode & 0o111) === 0) return distrust(`${path} is not executable`);
  return { trusted: true, path };
}

function isOpen(step: PathStep): boolean {
  return step.uid !== 0 || (step.mode & 0o022) !== 0;
}

function distrust(reason: string, missing = false): ProgramVerdict {
  return { trusted: false, missing, reason };
}

function lookOnDisk(path: string): PathStep | undefined {
  try {
    const stat = lstatSync(path);
    const { uid, mode } = stat;
    if (stat.isSymbolicLink()) return { kind: "link", uid, mode, target: readlinkSync(path) };
    if (stat.isDirectory()) return { kind: "directory", uid, mode };
    return { kind: stat.isFile() ? "file" : "other", uid, mode };
  } catch {
    return undefined;
  }
}
