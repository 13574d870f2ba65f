/** Looks at what the threads of processes do that leave connections waiting. */

import type { Nanoseconds, ThreadsEvent, TraceEvent } from "../event/trace-event.ts";
import { readStat } from "../host/proc-stat.ts";
import { readThreads } from "../host/threads.ts";

/** The same process is looked at again after this time: what blocks it stays, what works moves. */
const FRESH_NS = 4.5e9;
const MOST_GROUPS = 12;
/** So many processes a look: each thread is three small files. */
const MOST_PROCESSES = 8;
const MOST_KNOWN = 1000;

/** Tells what threads do, where that is news. */
export class ThreadWatch {
  readonly #now: () => Nanoseconds;
  readonly #out: (event: TraceEvent) => void;
  readonly #known = new Map<number, { lookedAt: Nanoseconds; text: string }>();

  constructor(now: () => Nanoseconds, out: (event: TraceEvent) => void) {
    this.#now = now;
    this.#out = out;
  }

  /** Look at these processes, those that have waited longest for a look first. */
  async look(pids: Iterable<number>): Promise<void> {
    const now = this.#now();
    const due = [...new Set(pids)].filter((pid) => now - this.#lookedAt(pid) >= FRESH_NS);
    due.sort((a, b) => this.#lookedAt(a) - this.#lookedAt(b));
    for (const pid of due.slice(0, MOST_PROCESSES)) await this.#lookAt(pid);
  }

  #lookedAt(pid: number): Nanoseconds {
    return this.#known.get(pid)?.lookedAt ?? Number.NEGATIVE_INFINITY;
  }

  async #lookAt(pid: number): Promise<void> {
    const lookedAt = this.#now();
    const startTicks = readStat(pid)?.startTicks;
    const summary = startTicks === undefined ? null : await readThreads(pid);
    if (startTicks === undefined || summary === null) {
      this.#known.delete(pid);
      return;
    }
    if (readStat(pid)?.startTicks !== startTicks) return;
    const groups = summary.groups.slice(0, MOST_GROUPS);
    const text = JSON.stringify([startTicks, summary.threads, groups]);
    const isNews = this.#known.get(pid)?.text !== text;
    this.#known.set(pid, { lookedAt, text });
    if (this.#known.size > MOST_KNOWN)
      this.#known.delete(this.#known.keys().next().value as number);
    if (!isNews) return;
    const event: ThreadsEvent = {
      type: "threads",
      t: this.#now(),
      pid,
      startTicks,
      threads: summary.threads,
      ...(summary.isPartial && { isPartial: true as const }),
      groups,
    };
    this.#out(event);
  }
}
