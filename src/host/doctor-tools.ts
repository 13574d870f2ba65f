/** Judges the programs that lastack leans on, and the room that they need. */

import { type Check, ok } from "./check.ts";
import type { KernelFacts } from "./kernel-facts.ts";

/** The bpftrace that would run, or why none can, with the next step when it is known. */
export type BpftraceFacts =
  | { readonly path: string; readonly version: string }
  | { readonly refusal: string; readonly next?: string };

/** What came of attaching the probes for a moment. */
export interface TrialFacts {
  readonly isAttached: boolean;
  /** What was attached, or what refused. */
  readonly detail: string;
}

/**
 * What bpftrace 0.23 would save, as measured on 6.18: one ring for all CPUs in the place of a buffer
 * for each, so records came at most 0.01 ms out of order in the place of 66 to 94 ms; and 127 ms from
 * its start to its first probe in the place of 258. Its memory is the same, and whether a record
 * costs less to hand over was not measured.
 */
const NEWER_SAVES =
  "; 0.23 or newer would be ready in half the time and keep the records of all CPUs in order";

/** 0.11 and 0.17 have a buffer for each CPU; of what was not looked at nothing is said. */
function isOldBuffered(version: string): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) === 0 && Number(minor) <= 17;
}

/** Whether there is a bpftrace to run. */
export function checkBpftrace(bpftrace: BpftraceFacts): Check {
  const name = "bpftrace";
  if ("path" in bpftrace) {
    const { path, version } = bpftrace;
    return ok(name, `${path}, version ${version}${isOldBuffered(version) ? NEWER_SAVES : ""}`);
  }
  return {
    name,
    status: "failed",
    what: bpftrace.refusal,
    consequence: "nothing can be traced; recordings can still be replayed and reported",
    next: bpftrace.next ?? "install the package bpftrace, version 0.17 or newer",
  };
}

/** Whether the probes really attached. */
export function checkTrial(trial: TrialFacts | null): Check | null {
  if (trial === null) return null;
  if (trial.isAttached) return ok("trial", trial.detail);
  return {
    name: "trial",
    status: "failed",
    what: trial.detail,
    consequence: "the probes do not attach to this kernel",
    next: "run the command again with -v to see all that bpftrace says",
  };
}

/** bpftrace takes 100 to 160 MB while it compiles (0.17 to 0.27), lastack about as much. */
const ROOM_BYTES = 300 * 1024 * 1024;

/** Whether bpftrace finds the memory that it needs. */
export function checkMemory({ memory }: KernelFacts): Check {
  const name = "memory";
  const what = `${Math.round(memory.availableBytes / 1024 / 1024)} MiB available`;
  if (memory.availableBytes >= ROOM_BYTES || memory.totalBytes === 0) return ok(name, what);
  return {
    name,
    status: "degraded",
    what,
    consequence: "bpftrace and lastack need about 300 MiB together and may be killed",
    next: "free some memory, or record here and look at the recording elsewhere",
  };
}

/** Whether the socket table can be dumped the good way. */
export function checkSs(ss: string | null): Check {
  if (ss !== null) return ok("ss", ss);
  return {
    name: "ss",
    status: "degraded",
    what: "no ss in the system's directories that only root could have put there",
    consequence:
      "the socket table comes from /proc/net/tcp: slower, without cookies and listen limits",
    next: "install the package iproute2",
  };
}

/** Whether other network namespaces can be entered. */
export function checkNamespaces({ capabilities }: KernelFacts, nsenter: string | null): Check {
  const name = "namespaces";
  const consequence =
    "of other network namespaces, as containers have, no socket table and no sysctls are read";
  if (nsenter === null) {
    const what = "no nsenter in the system's directories that only root could have put there";
    return { name, status: "missing", what, consequence, next: "install the package util-linux" };
  }
  if (capabilities.has("CAP_SYS_ADMIN")) return ok(name, nsenter);
  const what = "without CAP_SYS_ADMIN none can be entered";
  const next = "run the command as root with all capabilities";
  return { name, status: "missing", what, consequence, next };
}
