/** What is known of the process that keeps connections open: for findings, reports and screens. */

import type { ProcessEvent, ThreadsEvent } from "../event/trace-event.ts";

/** Why connections stay in CLOSE_WAIT, as far as the evidence carries. */
export type StuckCause =
  /** Everything was taken, the end included, and close() was not called. */
  | "leaked"
  /** The end, or data before it, was not read. */
  | "unread"
  /** The same, and nearly all threads of the process wait for locks. */
  | "deadlocked"
  /** The same, on a connection that this side had opened and that lies idle. */
  | "idle-pool"
  /** No process has accepted the connection. */
  | "not-accepted"
  /** A child, or another process, holds the descriptor too or instead. */
  | "inherited";

/** How fast something grew of late. */
export interface Growth {
  /** How many came in the window. */
  readonly count: number;
  /** Seconds. */
  readonly window: number;
  readonly perMinute: number;
  /** Where most of them came in, and from whom, the most first. */
  readonly listeners: readonly Share[];
  readonly peers: readonly Share[];
}

/** A part of a growth. */
export interface Share {
  readonly name: string;
  readonly count: number;
}

/** The descriptors of a process. */
export interface DescriptorUse {
  readonly used: number;
  /** RLIMIT_NOFILE, soft. */
  readonly limit: number;
  /** Seconds until none is left at the rate of the growth; null where nothing grows. */
  readonly secondsLeft: number | null;
}

/** Everything about one owner, or about the process at a listener. */
export interface OwnerFacts {
  readonly cause: StuckCause | null;
  readonly growth: Growth | null;
  readonly descriptors: DescriptorUse | null;
  readonly process: ProcessEvent | null;
  readonly threads: ThreadsEvent | null;
}
