/** The environment that programs of this room run in, built from nothing. */

import { BpftraceError } from "./bpftrace-error.ts";

const allowedName = /^BPFTRACE_[A-Z0-9_]+$/;

/**
 * Of glibc, which gives each thread a heap of its own: libclang parses the kernel's types in one, and
 * what it has freed there nobody uses again, 6 MB of bpftrace's 118. In one heap the compiler takes
 * it. No other libc knows the name.
 */
const ONE_HEAP = { MALLOC_ARENA_MAX: "1" };

/**
 * Build the whole environment of a child: fixed `PATH` and language, and the given BPFTRACE_* names.
 *
 * Nothing is taken from this process, so neither `LD_PRELOAD` nor `BPFTRACE_*` of whoever called
 * sudo reaches a root program. `tmpdir` keeps bpftrace's kernel headers, which it unpacks where the
 * kernel has no type information, away from directories that others can write to (CVE-2024-2313).
 * Throws BpftraceError of phase `spawn` for any other name.
 */
export function buildEnvironment(
  extra: Readonly<Record<string, string>> = {},
  tmpdir?: string,
): Record<string, string> {
  for (const [name, value] of Object.entries(extra)) {
    if (allowedName.test(name) && !value.includes("\0")) continue;
    throw new BpftraceError({
      phase: "spawn",
      message: `refused the environment variable ${JSON.stringify(name)}: only BPFTRACE_ names may be passed to bpftrace`,
    });
  }
  return {
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    LANG: "C",
    ...ONE_HEAP,
    ...(tmpdir === undefined ? {} : { TMPDIR: tmpdir }),
    ...extra,
  };
}
