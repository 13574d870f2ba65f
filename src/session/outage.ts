/** The words for a bpftrace that is gone and comes back: each line tells the whole story so far. */

import type { BpftraceEnd } from "../bpftrace-runner/index.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import { LONGEST_SILENCE_MS } from "./silence-watch.ts";

/** Told each line; `begun` comes first, `over` last, unless the trace ends with an error. */
export type OutageListener = (line: string, state: "begun" | "lasting" | "over") => void;

/** Why a bpftrace that hung is gone. */
export function hangReason(pid: number): string {
  return `bpftrace (pid ${pid}) said nothing for ${LONGEST_SILENCE_MS / 1000} s and was ended`;
}

/** Why a bpftrace is gone that nobody here has ended. */
export function endReason({ error, exitCode }: BpftraceEnd): string {
  return error?.message ?? `bpftrace was ended by somebody else (exit code ${exitCode})`;
}

export function begunLine(why: string): string {
  return `${why}; starting it again, nothing is traced meanwhile`;
}

export function lastingLine(why: string, waitMs: number): string {
  return `${why}; trying again in ${waitMs / 1000} s, nothing is traced meanwhile`;
}

export function overLine(why: string, goneNs: Nanoseconds): string {
  return `${why}; it traces again after ${(goneNs / 1e9).toFixed(1)} s, recorded as a gap`;
}

export function givenUpLine(why: string, tries: number, refusal: string): string {
  return `${why}, and could not be kept running in ${tries} tries: ${refusal}; all until then is kept, see \`lastack doctor\``;
}
