/** A finding: what a detector concluded, with its evidence and what to do about it. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { IdSet } from "./id-set.ts";
import type { OwnerFacts } from "./owner-facts.ts";

/** Every finding the program can make, in the order in which people should read them. */
export const FINDING_KINDS = [
  "descriptor-exhaustion",
  "port-exhaustion",
  "stuck-close-wait",
  "repeated-fin-retransmit",
  "orphan-pressure",
  "time-wait-pressure",
  "stuck-last-ack",
  "stuck-fin-wait1",
  "stuck-fin-wait2",
  "reset-teardown",
  "half-close",
  "incomplete-trace",
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

export type Severity = "info" | "warning" | "critical";

/** Whom a finding is about; only the fields that identify it. */
export interface Subject {
  readonly pid?: number;
  readonly comm?: string;
  readonly remote?: string;
  readonly local?: string;
  readonly listener?: string;
  readonly cause?: string;
}

/** One thing to do; with a sysctl, its present value beside it. */
export interface Advice {
  readonly text: string;
  readonly sysctl?: string;
  readonly current?: string;
}

/** What a detector returns for one subject at one moment. */
export interface Firing {
  /** Equal for the same trouble of the same subject at every moment. */
  readonly key: string;
  readonly severity: Severity;
  /** When the condition became true. */
  readonly since: Nanoseconds;
  readonly subject: Subject;
  readonly count: number;
  readonly summary: string;
  /** Ids of every endpoint it speaks of; a set where there may be very many. */
  readonly endpoints: readonly string[] | IdSet;
  /** They are all of them at any moment: they need not be collected, and not read before asked for. */
  readonly namesAll?: true;
  readonly evidence: readonly string[];
  /** Of findings about a process that keeps connections: what is known of it. */
  readonly owner?: OwnerFacts;
}

/**
 * A firing with its identity and its end; its count is the most there ever was, its words are of
 * its last moment.
 */
export interface Finding extends Firing {
  readonly endpoints: readonly string[];
  readonly id: string;
  readonly kind: FindingKind;
  /** Null while it holds. */
  readonly until: Nanoseconds | null;
}
