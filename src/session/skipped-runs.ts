/** Reads how many probe runs the kernel left out, from the program descriptors of bpftrace. */

import { readdir, readFile } from "node:fs/promises";

/** One loaded program of a tracepoint. */
interface ProgramInfo {
  readonly id: number;
  readonly misses: number;
}

/** `BPF_PROG_TYPE_TRACEPOINT` of include/uapi/linux/bpf.h. */
const TRACEPOINT = 5;

/**
 * Sum of `recursion_misses` of the programs whose every run is an event.
 *
 * A tracepoint program is skipped when another BPF program runs on that CPU
 * (`kernel/trace/bpf_trace.c`, `bpf_prog_active`), and nobody else counts it. Programs that only
 * look for a rare event among many runs (dropped packets, expired timers, reads) are left out:
 * a skipped run of theirs says nothing about a connection. BEGIN, END and intervals are programs
 * of other types, and bpftrace 0.17 holds no descriptor of the first two.
 */
export class SkippedRuns {
  readonly #directory: string;
  readonly #counts: readonly boolean[];

  /**
   * @param directory `/proc/PID/fdinfo` of bpftrace
   * @param counts for each tracepoint program in script order, whether a skipped run is a missed
   * event
   */
  constructor(directory: string, counts: readonly boolean[]) {
    this.#directory = directory;
    this.#counts = counts;
  }

  /** The total now; null when bpftrace is gone or its descriptors cannot be read. */
  async read(): Promise<number | null> {
    const programs = await readPrograms(this.#directory).catch(() => []);
    if (programs.length === 0) return null;
    programs.sort((a, b) => a.id - b.id);
    const isMapped = programs.length === this.#counts.length;
    return programs.reduce(
      (sum, program, i) => (isMapped && !this.#counts[i] ? sum : sum + program.misses),
      0,
    );
  }
}

async function readPrograms(directory: string): Promise<ProgramInfo[]> {
  const names = await readdir(directory);
  const texts = await Promise.all(
    names.map((name) => readFile(`${directory}/${name}`, "utf8").catch(() => "")),
  );
  const programs = new Map<number, ProgramInfo>();
  for (const text of texts) {
    if (Number(/^prog_type:\s+(\d+)$/m.exec(text)?.[1]) !== TRACEPOINT) continue;
    const id = /^prog_id:\s+(\d+)$/m.exec(text)?.[1];
    const misses = /^recursion_misses:\s+(\d+)$/m.exec(text)?.[1];
    if (id === undefined || misses === undefined) continue;
    programs.set(Number(id), { id: Number(id), misses: Number(misses) });
  }
  return [...programs.values()];
}
