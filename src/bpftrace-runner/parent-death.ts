/** Makes a child die with its parent, however the parent dies. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { buildEnvironment } from "./environment.ts";
import { judgeProgram } from "./trusted-program.ts";

const setprivPath = "/usr/bin/setpriv";

let wrapper: Promise<readonly string[]> | undefined;

/**
 * The words to put before a command so that the kernel kills it when its parent dies; none where
 * the host has no means.
 *
 * A quiet bpftrace outlives a parent that was killed by SIGKILL, and goes on tracing under PID 1.
 * `setpriv --pdeathsig` (util-linux 2.33 and newer, not busybox) sets PR_SET_PDEATHSIG and then
 * becomes the command, so the pid stays the same. The kernel means the parent *thread*: start from
 * the main thread, or bpftrace dies with its worker. A parent that dies within the millisecond
 * before setpriv has run is missed.
 */
export function parentDeathWrapper(): Promise<readonly string[]> {
  wrapper ??= findWrapper();
  return wrapper;
}

async function findWrapper(): Promise<readonly string[]> {
  const verdict = judgeProgram(setprivPath);
  if (!verdict.trusted) return [];
  try {
    const options = { env: buildEnvironment(), timeout: 5000 };
    const { stdout } = await promisify(execFile)(verdict.path, ["--help"], options);
    return stdout.includes("--pdeathsig") ? [verdict.path, "--pdeathsig", "KILL", "--"] : [];
  } catch {
    return [];
  }
}
