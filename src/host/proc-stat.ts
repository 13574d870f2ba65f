/** Reads /proc/PID/stat, whose second field is text that the process chooses. */

import { readFileSync } from "node:fs";

/** What identifies a process, and what it is doing. */
export interface ProcStat {
  readonly pid: number;
  /** The name as the process chose it: foreign text. */
  readonly comm: string;
  /** One letter: R running, S sleeping, D waiting uninterruptibly, Z zombie, T stopped … */
  readonly state: string;
  /** The process that it is a child of. */
  readonly parent: number;
  /** CPU time that it has used, in user mode and in the kernel, clock ticks. */
  readonly cpuTicks: number;
  readonly isKernelThread: boolean;
  /** When it started, clock ticks since boot: with the pid it names one process for good. */
  readonly startTicks: number;
}

const PF_KTHREAD = 0x0020_0000;

/**
 * Parse the line; null when it is none.
 *
 * The name may hold spaces, newlines, parentheses and anything else (`x) R 1 (y`), so the fields count
 * from the last `)`: none of the numbers behind it can hold one. It comes raw here, as in
 * /proc/PID/comm; only /proc/PID/status escapes it (seen on 6.18). Bytes from 0x80 may be half a
 * UTF-8 character.
 */
export function parseProcStat(stat: Buffer): ProcStat | null {
  const open = stat.indexOf(" (");
  const close = stat.lastIndexOf(")");
  if (open < 0 || close < open) return null;
  const fields = fieldsBehindName(stat);
  const pid = Number(stat.toString("latin1", 0, open));
  const startTicks = Number(fields[19]);
  if (!Number.isInteger(pid) || !Number.isInteger(startTicks)) return null;
  return {
    pid,
    comm: stat.toString("utf8", open + 2, close),
    state: fields[0] ?? "?",
    parent: Number(fields[1]),
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    isKernelThread: (Number(fields[6]) & PF_KTHREAD) !== 0,
    startTicks,
  };
}

/** The fields from the third on: what stands behind the last `)`, where the name ends. */
export function fieldsBehindName(stat: Buffer): string[] {
  return stat.toString("latin1", stat.lastIndexOf(")") + 2).split(" ");
}

/** Read it now, at once: the kernel answers from memory. Null when the process is gone. */
export function readStat(pid: number): ProcStat | null {
  try {
    return parseProcStat(readFileSync(`/proc/${pid}/stat`));
  } catch {
    return null;
  }
}
