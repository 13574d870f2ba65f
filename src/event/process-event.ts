/** What is told of processes: which sockets they hold, who they are, what their threads do. */

import type { Nanoseconds, ProbeMark } from "./trace-event.ts";

/** How a process was found to hold a socket. */
export type OwnerSource = "connect" | "accept" | "close" | "fd-scan" | "listener";

/**
 * A process that neither accepted nor connected has read from a connection or written to it
 * (`sock:sock_recv_length`, `sock:sock_send_length`): it came by the descriptor otherwise, or the
 * socket is older than the trace. Of those that take turns each is told again at its turn, but no
 * more than eight times for one socket (`probes/reads.bt`).
 */
export interface UseEvent extends ProbeMark {
  readonly type: "use";
  readonly t: Nanoseconds;
  readonly netns: number;
  readonly sk: string;
  /** Inode of the socket file. */
  readonly inode: number;
  /** Whether it wrote; else it read. */
  readonly isWrite: boolean;
  readonly pid: number;
  readonly comm: string;
}

/** One process holds one socket file: found by a scan of descriptors. */
export interface OwnerEvent {
  readonly type: "owner";
  readonly t: Nanoseconds;
  /** Inode of the socket file; inodes of sockfs are unique over all namespaces. */
  readonly inode: number;
  readonly pid: number;
  readonly comm: string;
  readonly fds: readonly number[];
  /** When the process started, clock ticks since boot (`/proc/PID/stat` field 22). */
  readonly startTicks: number;
  /** Number of the scan: a later scan that sees the socket replaces what earlier ones said. */
  readonly scan?: number;
}

/** Who a process is: read once per (pid, startTicks). */
export interface ProcessEvent {
  readonly type: "process";
  readonly t: Nanoseconds;
  readonly pid: number;
  readonly startTicks: number;
  readonly comm: string;
  readonly exe: string | null;
  readonly cmdline: string | null;
  readonly uid: number | null;
  readonly unit: string | null;
  readonly container: string | null;
  /** Kubernetes pod uid, where there is one. */
  readonly pod?: string;
  /** Name of the user, where this host's /etc/passwd has one. */
  readonly user?: string;
  /** The process that it is a child of. */
  readonly parent?: number;
  /** When it started: negative for all that is older than the recording. */
  readonly startedAt?: Nanoseconds;
  /** RLIMIT_NOFILE, soft; null when unlimited or unreadable. */
  readonly fdLimit: number | null;
  readonly fdCount: number | null;
}

/** Threads of one process that do the same. */
export interface ThreadGroup {
  readonly count: number;
  /** State letter of /proc: R running, S sleeping, D waiting uninterruptibly … */
  readonly state: string;
  /** Kernel function that they wait in; null when they run or the kernel does not tell. */
  readonly wchan: string | null;
  /** System call that they are in; null when in none, unknown or not ours to read. */
  readonly syscall: string | null;
  /** The descriptor that the call is about. */
  readonly fd: number | null;
}

/** What the threads of a process were doing, each looked at in its own instant around `t`. */
export interface ThreadsEvent {
  readonly type: "threads";
  readonly t: Nanoseconds;
  readonly pid: number;
  readonly startTicks: number;
  /** How many were looked at; `isPartial` where there were more. */
  readonly threads: number;
  readonly isPartial?: true;
  /** The largest first; small ones may be left out. */
  readonly groups: readonly ThreadGroup[];
}
