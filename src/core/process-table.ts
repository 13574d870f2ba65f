/** The processes that were described; a process is its number and when it started. */

import type { Nanoseconds, ProcessEvent } from "../event/trace-event.ts";

const MOST_PROCESSES = 10_000;
/** /proc tells the start of a process in hundredths of a second, of any clock tick of the kernel. */
const TICK_NS = 10e6;
const GRAIN_NS = 2 * TICK_NS;

/** What a description is of. */
export function processKey({ pid, startTicks }: Pick<ProcessEvent, "pid" | "startTicks">): string {
  return `${pid} ${startTicks}`;
}

/** Finds who had a number at a time: numbers are given again, within minutes on a busy host. */
export class ProcessTable {
  readonly #byKey = new Map<string, ProcessEvent>();
  /** Those with the same number, the one that started last at the end. */
  readonly #byPid = new Map<number, readonly ProcessEvent[]>();
  /**
   * When the clock of `startTicks` began, in the recording's time: the earliest that a description
   * says, for one that was held up says too late.
   */
  #ticksFrom: Nanoseconds | null = null;

  copy(): ProcessTable {
    const copy = new ProcessTable();
    for (const event of this.#byKey.values()) copy.set(event);
    copy.#ticksFrom = this.#ticksFrom;
    return copy;
  }

  /** Take a description; a newer one of the same process replaces the older. */
  set(event: ProcessEvent): void {
    this.#byKey.set(processKey(event), event);
    this.#byPid.set(event.pid, [...this.#others(event), event].sort(byStart));
    if (event.startedAt !== undefined) {
      const from = event.startedAt - event.startTicks * TICK_NS;
      if (this.#ticksFrom === null || from < this.#ticksFrom) this.#ticksFrom = from;
    }
    const [oldest] = this.#byKey.values();
    if (this.#byKey.size > MOST_PROCESSES && oldest !== undefined) this.#forget(oldest);
  }

  /**
   * Who has the number now, or had it last; with a time, who had it then.
   *
   * @returns undefined where nobody, or of that time a successor alone, was described
   */
  get(pid: number, at?: Nanoseconds): ProcessEvent | undefined {
    const all = this.#byPid.get(pid);
    if (at === undefined) return all?.at(-1);
    return all?.findLast(
      ({ startedAt, startTicks }) => startedAt === undefined || !this.isLater(startTicks, at),
    );
  }

  /** Whether a process that started at this tick had not started at that time. */
  isLater(startTicks: number, at: Nanoseconds): boolean {
    return this.#ticksFrom !== null && this.#ticksFrom + startTicks * TICK_NS > at + GRAIN_NS;
  }

  #others({ pid, startTicks }: ProcessEvent): readonly ProcessEvent[] {
    return (this.#byPid.get(pid) ?? []).filter((each) => each.startTicks !== startTicks);
  }

  #forget(event: ProcessEvent): void {
    this.#byKey.delete(processKey(event));
    const others = this.#others(event);
    if (others.length > 0) this.#byPid.set(event.pid, others);
    else this.#byPid.delete(event.pid);
  }
}

function byStart(a: ProcessEvent, b: ProcessEvent): number {
  return a.startTicks - b.startTicks;
}
