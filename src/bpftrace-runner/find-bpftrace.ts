/** Finds the bpftrace that may be started: in fixed places, in nobody's hands but root's. */

import { BpftraceError } from "./bpftrace-error.ts";
import { judgeProgram } from "./trusted-program.ts";

/** The only places looked at; `PATH` belongs to the caller and is never asked. */
const places: readonly string[] = [
  "/usr/bin/bpftrace",
  "/usr/sbin/bpftrace",
  "/usr/local/bin/bpftrace",
  "/usr/local/sbin/bpftrace",
  "/bin/bpftrace",
  "/sbin/bpftrace",
];

/** The path to start, free of symbolic links, or why there is none. */
export type BpftraceSearch =
  | { readonly found: true; readonly path: string }
  | {
      readonly found: false;
      /** `missing`: in none of the places. `untrusted`: there, but others could replace it. */
      readonly reason: "missing" | "untrusted";
      /** One line: what was seen and the next step. */
      readonly detail: string;
    };

/**
 * Look for a bpftrace that only root could have put there.
 *
 * An untrusted one does not hide a trusted one further down the list. Never throws for what the
 * file system holds.
 */
export function findBpftrace(
  candidates: readonly string[] = places,
  judge: typeof judgeProgram = judgeProgram,
): BpftraceSearch {
  const doubts: string[] = [];
  for (const candidate of candidates) {
    const verdict = judge(candidate);
    if (verdict.trusted) return { found: true, path: verdict.path };
    if (!verdict.missing) doubts.push(`${candidate} is not safe to run: ${verdict.reason}`);
  }
  const [doubt] = doubts;
  if (doubt === undefined) {
    const detail = `no bpftrace in ${candidates.join(", ")}; install the package bpftrace`;
    return { found: false, reason: "missing", detail };
  }
  const detail = `${doubt}; give it and its directories to root, without write access for others`;
  return { found: false, reason: "untrusted", detail };
}

/**
 * The path of the program to start: the given one after the same check, or the found one.
 *
 * Throws BpftraceError of phase `find`.
 */
export function resolveBpftrace(path: string | undefined, isTrusted: boolean): string {
  if (path !== undefined && isTrusted) return path;
  const search = path === undefined ? findBpftrace() : findBpftrace([path]);
  if (search.found) return search.path;
  throw new BpftraceError({ phase: "find", message: `cannot use bpftrace: ${search.detail}` });
}
