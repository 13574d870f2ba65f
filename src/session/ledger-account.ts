/** The account of probe records: two independent ways to know what is missing. */

import type { Ledger } from "../event/recording.ts";
import type { GapEvent, Nanoseconds, ProbeMark } from "../event/trace-event.ts";

interface CpuAccount {
  seq: number;
  at: Nanoseconds;
}

/**
 * Counts records received and holes in each CPU's sequence numbers, beside the kernel's counter.
 *
 * One CPU's records arrive in the order of their numbers: each has its own buffer, and a probe
 * cannot interrupt another on the same CPU. A hole is a loss in that CPU's buffer, between the
 * two records around it.
 */
export class LedgerAccount {
  readonly #cpus = new Map<number, CpuAccount>();
  /** Records that came and could not be read, whose hole has not shown yet. */
  #unexplained = 0;
  counted = 0;
  received = 0;
  lost = 0;
  unparsed = 0;
  skipped = 0;

  /** Take one record in; returns the gap in front of it, if there is one. */
  receive(mark: ProbeMark, t: Nanoseconds): GapEvent | null {
    this.received++;
    const cpu = this.#cpus.get(mark.cpu);
    if (cpu === undefined) {
      this.#cpus.set(mark.cpu, { seq: mark.seq, at: t });
      return mark.seq > 1 ? this.#lose(mark.seq - 1, 0, t, mark.cpu) : null;
    }
    const { seq, at } = cpu;
    if (mark.seq <= seq) {
      // A record thought lost has come after all.
      if (this.lost > 0) this.lost--;
      return null;
    }
    cpu.seq = mark.seq;
    cpu.at = t;
    return mark.seq > seq + 1 ? this.#lose(mark.seq - seq - 1, at, t, mark.cpu) : null;
  }

  /** Take in that a record came which could not be read: the hole that it leaves is no loss. */
  refuse(): void {
    this.unparsed++;
    this.#unexplained++;
  }

  /**
   * Compare with the kernel's last sequence number of each CPU, once nothing more can come:
   * what is missing at the end leaves no hole that a later record could show.
   */
  close(lastSeqs: ReadonlyMap<number, number>, t: Nanoseconds): GapEvent[] {
    const gaps: GapEvent[] = [];
    for (const [cpu, last] of lastSeqs) {
      const account = this.#cpus.get(cpu) ?? { seq: 0, at: 0 };
      if (last <= account.seq) continue;
      gaps.push(this.#lose(last - account.seq, account.at, t, cpu));
      this.#cpus.set(cpu, { seq: last, at: t });
    }
    return gaps;
  }

  ledger(evicted: number): Ledger {
    const { counted, received, lost, skipped, unparsed } = this;
    const balanced = counted === received + lost + unparsed;
    return { counted, received, lost, skipped, unparsed, evicted, balanced };
  }

  #lose(count: number, from: Nanoseconds, t: Nanoseconds, cpu: number): GapEvent {
    const refused = Math.min(count, this.#unexplained);
    this.#unexplained -= refused;
    this.lost += count - refused;
    const cause = refused === count ? "unparsed" : "lost";
    return { type: "gap", t, from, cause, count, cpu };
  }
}
