/** Reads /proc/PID/stat, whose second field is text that the process chooses. */

/** What identifies a process, and what it is doing. */
export interface ProcStat {
  readonly pid: number;
  /** The raw name: the kernel's escapes for newline and backslash undone. */
  readonly comm: string;
  /** One letter: R running, S sleeping, D waiting uninterruptibly, Z zombie, T stopped … */
  readonly state: string;
  readonly isKernelThread: boolean;
  /** When it started, clock ticks since boot: with the pid it names one process for good. */
  readonly startTicks: number;
}

const PF_KTHREAD = 0x0020_0000;

/**
 * Parse the line; null when it is none.
 *
 * The name may hold spaces, parentheses and anything else (`x) R 1 (y`), so the fields count from the
 * last `)`: none of the numbers behind it can hold one. The kernel writes a newline in the name as
 * `\n` and a backslash as `\\` here (`fs/proc/array.c:proc_task_name`), though not in
 * /proc/PID/comm; bytes from 0x80 come raw and may be half a UTF-8 character.
 */
export function parseProcStat(stat: Buffer): ProcStat | null {
  const open = stat.indexOf(" (");
  const close = stat.lastIndexOf(")");
  if (open < 0 || close < open) return null;
  const fields = stat.toString("latin1", close + 2).split(" ");
  const pid = Number(stat.toString("latin1", 0, open));
  const startTicks = Number(fields[19]);
  if (!Number.isInteger(pid) || !Number.isInteger(startTicks)) return null;
  return {
    pid,
    comm: stat
      .toString("utf8", open + 2, close)
      .replace(/\\(n|\\)/g, (_, letter: string) => (letter === "n" ? "\n" : "\\")),
    state: fields[0] ?? "?",
    isKernelThread: (Number(fields[6]) & PF_KTHREAD) !== 0,
    startTicks,
  };
}
