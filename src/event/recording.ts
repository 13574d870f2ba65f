/** The first and the last line of a recording, and the ledger that the last one carries. */

import type { Nanoseconds } from "./trace-event.ts";

/** The schema that this program writes; a newer one is refused. */
export const RECORDING_SCHEMA = 1;

/** The account of all probe records. */
export interface Ledger {
  /** What the kernel's counter says was sent. */
  readonly counted: number;
  readonly received: number;
  /** Holes in the per-CPU sequence numbers. */
  readonly lost: number;
  /** Probe runs that the kernel left out because another ran on that CPU (`recursion_misses`). */
  readonly skipped: number;
  readonly unparsed: number;
  /** Endpoints forgotten for want of room. */
  readonly evicted: number;
  /** Whether `counted` = `received` + `lost` + `unparsed`. */
  readonly balanced: boolean;
}

/** Line 1 of a recording. */
export interface RecordingHeader {
  readonly type: "header";
  readonly schema: number;
  readonly program: "lastack";
  readonly version: string;
  /** Wall clock of `t` = 0, ISO 8601 with nanoseconds, UTC. */
  readonly startedAt: string;
  readonly bootId: string;
  readonly hostname: string;
  readonly kernel: string;
  readonly bpftrace: string;
  readonly probes: readonly string[];
  readonly detail: string;
  readonly filters: Readonly<Record<string, unknown>>;
  readonly sysctls: Readonly<Record<string, string>>;
  /** `captured` from a kernel, or `synthetic`, made by hand for a test. */
  readonly origin?: "captured" | "synthetic";
  /** Namespace inode that the sysctls were read in. */
  readonly netns?: number;
  /** Present in a part that was cut out of a recording. */
  readonly slice?: SliceOrigin;
  /** Names and addresses are made up: see `redact.ts`. */
  readonly redacted?: boolean;
  /** In `aggregate` detail one in so many of the teardowns that need not be told is told all the same. */
  readonly sampled?: number;
  /** Present in each file of a recording that is written as many files. */
  readonly part?: RecordingPart;
}

/**
 * Which file of a recording this is.
 *
 * `startedAt` and every `t` are those of the whole. Its first events are carried from before
 * `from`: they tell of what lived then, and stand in an earlier file too.
 */
export interface RecordingPart {
  readonly number: number;
  readonly from: Nanoseconds;
  /** How many events are carried. */
  readonly carried: number;
}

/** The moment that a recording begins at: what it tells of the time before is carried into it. */
export function beginningOf({ slice, part }: RecordingHeader): Nanoseconds {
  return Math.max(slice?.from ?? 0, part?.from ?? 0);
}

/**
 * What a slice is a part of.
 *
 * Its `startedAt` and every `t` are those of the whole. Events before `from` tell of the endpoints
 * in it alone, from the first on; its ledger is that of the whole.
 */
export interface SliceOrigin {
  readonly from: Nanoseconds;
  readonly to: Nanoseconds;
  readonly of: {
    /** The moment of the whole's last line. */
    readonly to: Nanoseconds;
    readonly events: number;
    readonly closedCleanly: boolean;
  };
  /** What was asked for, by the ids that the whole gives. */
  readonly endpoints?: readonly string[];
  readonly findings?: readonly string[];
}

/** The last line of a recording that was closed cleanly. */
export interface RecordingFooter {
  readonly type: "footer";
  readonly t: number;
  readonly ledger: Ledger;
}
