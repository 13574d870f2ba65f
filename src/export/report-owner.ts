/** The process behind endpoints and findings, in the form of the report. */

import type { Owner } from "../core/endpoint.ts";
import type { DescriptorUse, OwnerFacts, Share, StuckCause } from "../core/owner-facts.ts";
import type { TraceView } from "../core/trace.ts";
import type { Nanoseconds, OwnerSource, ProcessEvent, ThreadGroup } from "../event/trace-event.ts";
import type { Clock } from "./clock.ts";

/** The process that holds the descriptor; null where nobody read it in time. */
export interface ReportOwner {
  readonly pid: number;
  readonly comm: string;
  readonly exe: string | null;
  readonly unit: string | null;
  readonly container: string | null;
  readonly source: OwnerSource;
  readonly confidence: "certain" | "likely";
  readonly cmdline: string | null;
  readonly uid: number | null;
  readonly user: string | null;
  readonly pod: string | null;
  readonly startedAt: string | null;
}

/** Who a process is. */
export interface ReportProcess {
  readonly pid: number;
  readonly comm: string;
  readonly exe: string | null;
  readonly cmdline: string | null;
  readonly uid: number | null;
  readonly user: string | null;
  readonly unit: string | null;
  readonly container: string | null;
  readonly pod: string | null;
  readonly parent: number | null;
  readonly startedAt: string | null;
}

/** What is known of the process that a finding is about. */
export interface ReportOwnerFacts {
  readonly cause: StuckCause | null;
  readonly growth: {
    readonly count: number;
    readonly seconds: number;
    readonly perMinute: number;
    readonly listeners: readonly Share[];
    readonly peers: readonly Share[];
  } | null;
  readonly descriptors: DescriptorUse | null;
  readonly process: ReportProcess | null;
  readonly threads: {
    readonly at: string;
    readonly threads: number;
    readonly groups: readonly ThreadGroup[];
  } | null;
}

/** Put the owner of an endpoint, as it was known at `ownedAt`, in the form of the report. */
export function reportOwner(
  owner: Owner,
  view: TraceView,
  clock: Clock,
  ownedAt: Nanoseconds,
): ReportOwner {
  // A process that began later has only got its number.
  const process = view.process(owner.pid, ownedAt);
  const { pid, comm, source, confidence } = owner;
  return {
    pid,
    comm,
    exe: process?.exe ?? null,
    unit: process?.unit ?? null,
    container: process?.container ?? null,
    source,
    confidence,
    cmdline: process?.cmdline ?? null,
    uid: process?.uid ?? null,
    user: process?.user ?? null,
    pod: process?.pod ?? null,
    startedAt: startOf(process, clock),
  };
}

/** Put what a finding knows of its process in the form of the report. */
export function reportOwnerFacts(facts: OwnerFacts, clock: Clock): ReportOwnerFacts {
  const { cause, growth, descriptors, process, threads } = facts;
  return {
    cause,
    growth: growth && {
      count: growth.count,
      seconds: growth.window,
      perMinute: growth.perMinute,
      listeners: growth.listeners,
      peers: growth.peers,
    },
    descriptors,
    process: process && reportProcess(process, clock),
    threads: threads && {
      at: clock.iso(threads.t),
      threads: threads.threads,
      groups: threads.groups.map(({ count, state, wchan, syscall, fd }) => ({
        count,
        state,
        wchan,
        syscall,
        fd,
      })),
    },
  };
}

function reportProcess(process: ProcessEvent, clock: Clock): ReportProcess {
  const { pid, comm, exe, cmdline, uid, unit, container } = process;
  return {
    pid,
    comm,
    exe,
    cmdline,
    uid,
    user: process.user ?? null,
    unit,
    container,
    pod: process.pod ?? null,
    parent: process.parent ?? null,
    startedAt: startOf(process, clock),
  };
}

function startOf(process: ProcessEvent | undefined, clock: Clock): string | null {
  return process?.startedAt === undefined ? null : clock.iso(process.startedAt);
}
