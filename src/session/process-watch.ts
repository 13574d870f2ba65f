/** Describes processes once, and again when their descriptors have changed. */

import type { Nanoseconds, ProcessEvent, TraceEvent } from "../event/trace-event.ts";
import { readStat } from "../host/proc-stat.ts";
import { describeProcess } from "../host/process-info.ts";

/** A process is not described again before this time has gone by. */
const FRESH_NS = 0.9e9;
const MOST_KNOWN = 10_000;

/** The processes that have been described. */
export class ProcessWatch {
  readonly #now: () => Nanoseconds;
  readonly #emit: (event: TraceEvent) => void;
  readonly #known = new Map<string, { readAt: Nanoseconds; event: ProcessEvent | null }>();

  constructor(now: () => Nanoseconds, emit: (event: TraceEvent) => void) {
    this.#now = now;
    this.#emit = emit;
  }

  /**
   * Describe a process, where that is news.
   *
   * What a process is changes only with exec(); its descriptors do, and their limit may. A leak is
   * read again with each new connection that is stuck, at most about once a second.
   */
  async describe(pid: number): Promise<void> {
    const stat = readStat(pid);
    if (stat === null) return;
    const key = `${pid} ${stat.startTicks}`;
    const known = this.#known.get(key);
    if (known !== undefined && this.#now() - known.readAt < FRESH_NS) return;
    const entry = { readAt: this.#now(), event: known?.event ?? null };
    this.#known.set(key, entry);
    if (this.#known.size > MOST_KNOWN)
      this.#known.delete(this.#known.keys().next().value as string);
    const event = await describeProcess(pid, stat.startTicks, this.#now);
    if (event === null || !isNews(event, known?.event ?? null)) return;
    entry.event = event;
    this.#emit(event);
  }
}

/** What it is changes with exec(), its descriptors all the time. */
function isNews(event: ProcessEvent, known: ProcessEvent | null): boolean {
  if (known === null) return true;
  return (["comm", "exe", "cmdline", "uid", "unit", "fdCount", "fdLimit"] as const).some(
    (field) => event[field] !== known[field],
  );
}
