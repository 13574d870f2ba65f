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
  #files: readonly string[] | null = null;

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
    const files = this.#files ?? (await this.#find().catch(() => []));
    const infos = await Promise.all(files.map(infoOf));
    const isKnown = files.length > 0 && !infos.includes(null);
    this.#files = isKnown ? files : null;
    return isKnown ? infos.reduce((sum, info) => sum + (info?.misses ?? 0), 0) : null;
  }

  /**
   * The descriptors of the programs that count, one each.
   *
   * bpftrace holds a descriptor for each buffer, map and program, a hundred and more: reading all
   * of them each second would cost more than everything else on an idle host.
   */
  async #find(): Promise<string[]> {
    const programs = new Map<number, string>();
    for (const name of await readdir(this.#directory)) {
      const file = `${this.#directory}/${name}`;
      const info = await infoOf(file);
      if (info !== null) programs.set(info.id, file);
    }
    const files = [...programs].sort(([a], [b]) => a - b).map(([, file]) => file);
    const isMapped = files.length === this.#counts.length;
    return isMapped ? files.filter((_, i) => this.#counts[i]) : files;
  }
}

async function infoOf(file: string): Promise<ProgramInfo | null> {
  const text = await readFile(file, "utf8").catch(() => "");
  if (Number(/^prog_type:\s+(\d+)$/m.exec(text)?.[1]) !== TRACEPOINT) return null;
  const id = /^prog_id:\s+(\d+)$/m.exec(text)?.[1];
  const misses = /^recursion_misses:\s+(\d+)$/m.exec(text)?.[1];
  if (id === undefined || misses === undefined) return null;
  return { id: Number(id), misses: Number(misses) };
}
