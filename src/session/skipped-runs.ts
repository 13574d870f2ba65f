/** Reads how many probe runs the kernel left out, from the program descriptors of bpftrace. */

import { readdirSync } from "node:fs";
import { ParsedFile } from "../host/kept-file.ts";

/** One loaded program of a tracepoint. */
interface ProgramInfo {
  readonly id: number;
  readonly misses: number;
}

/** The description of one, null where it is none. */
type ProgramFile = ParsedFile<ProgramInfo | null>;

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
  #files: readonly ProgramFile[] | null = null;

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
  read(): number | null {
    const files = this.#files ?? this.#find();
    this.#files = files.length === 0 ? null : files;
    let sum = 0;
    for (const file of files) {
      const info = file.read();
      if (info === null) {
        this.close();
        return null;
      }
      sum += info.misses;
    }
    return files.length === 0 ? null : sum;
  }

  /** Give the descriptors back: of a bpftrace that has ended. */
  close(): void {
    for (const file of this.#files ?? []) file.close();
    this.#files = null;
  }

  /**
   * The descriptors of the programs that count, one each.
   *
   * bpftrace holds a descriptor for each buffer, map and program, a hundred and more: reading all
   * of them each second would cost more than everything else on an idle host.
   */
  #find(): ProgramFile[] {
    const programs = new Map<number, ProgramFile>();
    for (const name of readNames(this.#directory)) {
      const file = new ParsedFile(`${this.#directory}/${name}`, infoOf);
      const info = file.read();
      file.close();
      if (info !== null) programs.set(info.id, file);
    }
    const files = [...programs].sort(([a], [b]) => a - b).map(([, file]) => file);
    const isMapped = files.length === this.#counts.length;
    return isMapped ? files.filter((_, i) => this.#counts[i]) : files;
  }
}

function readNames(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function infoOf(text: string): ProgramInfo | null {
  if (Number(/^prog_type:\s+(\d+)$/m.exec(text)?.[1]) !== TRACEPOINT) return null;
  const id = /^prog_id:\s+(\d+)$/m.exec(text)?.[1];
  const misses = /^recursion_misses:\s+(\d+)$/m.exec(text)?.[1];
  if (id === undefined || misses === undefined) return null;
  return { id: Number(id), misses: Number(misses) };
}
