/** Asks a bpftrace which version it is. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { BpftraceError } from "./bpftrace-error.ts";
import { buildEnvironment } from "./environment.ts";

/** A version as numbers to compare and as bpftrace wrote it. */
export interface BpftraceVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Without the leading `v`, with what follows the numbers: `0.21.0-dirty`. */
  readonly text: string;
}

const versionLine = /^bpftrace v?((\d+)\.(\d+)(?:\.(\d+))?[\w.+-]*)\s*$/m;
const answerWithinMs = 5000;

/** Read the output of `bpftrace --version`; undefined when it names no version. */
export function parseBpftraceVersion(output: string): BpftraceVersion | undefined {
  const match = versionLine.exec(output);
  if (match === null) return undefined;
  const [, text = "", major, minor, patch] = match;
  return { major: Number(major), minor: Number(minor), patch: Number(patch ?? 0), text };
}

/**
 * Run `bpftrace --version`, which needs no root; `path` should come from `findBpftrace`.
 *
 * Rejects with BpftraceError of phase `find` when it does not answer within 5 s or names no
 * version.
 */
export async function bpftraceVersion(path: string): Promise<BpftraceVersion> {
  let output = "";
  let cause: unknown;
  try {
    const options = { env: buildEnvironment(), timeout: answerWithinMs, maxBuffer: 64 * 1024 };
    output = (await promisify(execFile)(path, ["--version"], options)).stdout;
  } catch (error) {
    cause = error;
  }
  const version = parseBpftraceVersion(output);
  if (version !== undefined) return version;
  const message = `${path} --version did not name a version; is it bpftrace?`;
  throw new BpftraceError({ phase: "find", message, cause });
}
