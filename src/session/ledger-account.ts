/** The account of probe records: two independent ways to know what is missing. */

import type { Ledger } from "../event/recording.ts";
import type { GapEvent, Nanoseconds, ProbeMark } from "../event/trace-event.ts";

interface CpuAccount {
  seq: number;
  at: Nanoseconds;
}

/** The kernel's own figures at one heartbeat. */
interface Cut {
  readonly counted: number;
  readonly seqs: ReadonlyMap<number, number>;
}

/** What the kernel has and nobody will hand over. */
export interface LeftBehind {
  /** Rows that wait to be handed over or counted. */
  readonly rows: number;
  /** Sockets of which it was still held what they went through. */
  readonly lives: number;
}

/**
 * Counts records received and holes in each CPU's sequence numbers, beside the kernel's counter.
 *
 * One CPU's records arrive in the order of their numbers: each has its own buffer, and a probe
 * cannot interrupt another on the same CPU. A hole is a loss in that CPU's buffer, between the
 * two records around it. A bpftrace that is started again begins to count anew: `endRun` keeps the
 * sums of the run that is over.
 */
export class LedgerAccount {
  readonly #cpus = new Map<number, CpuAccount>();
  /** Records that came and could not be read, whose hole has not shown yet. */
  #unexplained = 0;
  /** Lines that were no message at all: each may have been a record, or not. */
  #garbage = 0;
  /** The kernel's count of the runs that are over, and of this one. */
  #countedBefore = 0;
  #countedNow = 0;
  /** What this run has accounted for: received, lost and unparsed. */
  #explained = 0;
  /** The newest heartbeat's figures, until it is settled, and the count of the newest settled. */
  #cut: Cut | null = null;
  #settled = 0;
  #startedAt: Nanoseconds = 0;
  #isEven = true;
  /** Each CPU's last number that is of the trace, once it has ended. */
  #end: ReadonlyMap<number, number> | null = null;
  /** What the kernel had sent since then, as of its newest figures. */
  #sentAfter = 0;
  received = 0;
  lost = 0;
  unparsed = 0;
  skipped = 0;
  readonly #reachNs: number;

  /** @param reachNs how much older than its record what a record tells may be, nanoseconds */
  constructor(reachNs = 0) {
    this.#reachNs = reachNs;
  }

  /** What the kernel's counters say was sent, of all runs. */
  get counted(): number {
    return this.#countedBefore + this.#countedNow - this.#sentAfter;
  }

  /** What the kernel's counter says of the run that is under way. */
  get countedNow(): number {
    return this.#countedNow;
  }

  /** Take in the kernel's counter of this run. */
  count(total: number): void {
    this.#countedNow = total;
  }

  /** Take one record in; returns the gap in front of it, if there is one. */
  receive(mark: ProbeMark, t: Nanoseconds): GapEvent | null {
    this.received++;
    this.#explained++;
    const cpu = this.#cpus.get(mark.cpu);
    if (cpu === undefined) {
      this.#cpus.set(mark.cpu, { seq: mark.seq, at: t });
      return mark.seq > 1 ? this.#lose(mark.seq - 1, this.#startedAt, t, mark.cpu) : null;
    }
    const { seq, at } = cpu;
    if (mark.seq <= seq) {
      // A record thought lost has come after all.
      if (this.lost > 0) {
        this.lost--;
        this.#explained--;
      }
      return null;
    }
    cpu.seq = mark.seq;
    cpu.at = t;
    return mark.seq > seq + 1 ? this.#lose(mark.seq - seq - 1, at, t, mark.cpu) : null;
  }

  /** The trace ends with what had been sent when the newest heartbeat was told. */
  end(): void {
    this.#end ??= this.#cut?.seqs ?? null;
  }

  /** Whether a record was sent after the end. */
  isOver({ cpu, seq }: ProbeMark): boolean {
    return this.#end !== null && seq > (this.#end.get(cpu) ?? 0);
  }

  /** Whether all has come that was sent before the end. */
  get isComplete(): boolean {
    const all = [...(this.#end ?? [])];
    return this.#end !== null && all.every(([cpu, seq]) => (this.#cpus.get(cpu)?.seq ?? 0) >= seq);
  }

  /** Take in that a record came which could not be read: the hole that it leaves is no loss. */
  refuse(): void {
    if (this.#end !== null) return;
    this.unparsed++;
    this.#explained++;
    this.#unexplained++;
  }

  /** Take in lines that were no message: as many of the records that are missing were damaged. */
  refuseLines(count: number): void {
    this.#garbage += count;
  }

  /** Take in the kernel's figures of a heartbeat. */
  beat(cut: Cut): void {
    this.#countedNow = cut.counted;
    this.#noteAfter(cut.seqs);
    this.#cut = cut;
    this.#isEven = this.#settled <= this.#explained && this.#explained <= cut.counted;
  }

  /**
   * All that had been sent at the newest heartbeat has come by now or is lost: a loss that no later
   * record of its CPU shows is told soon; and if one comes after all, the sum is put right.
   */
  settle(t: Nanoseconds): GapEvent[] {
    const cut = this.#cut;
    if (cut === null) return [];
    this.#cut = null;
    this.#settled = cut.counted - this.#sentAfter;
    return this.close(cut.seqs, t);
  }

  /** CPUs that have sent anything, as of the kernel's newest figures. */
  sending(): Iterable<number> {
    return this.#cut?.seqs.keys() ?? [];
  }

  /** CPUs of which all has come that the kernel had sent when it told the newest figures. */
  caughtUp(): number[] {
    const all = [...(this.#cut?.seqs ?? [])];
    return all.filter(([cpu, seq]) => (this.#cpus.get(cpu)?.seq ?? 0) >= seq).map(([cpu]) => cpu);
  }

  /** Whether the accounts agree but for what is under way, as of the newest heartbeats. */
  get isEven(): boolean {
    return this.#isEven;
  }

  /**
   * Compare with the kernel's last sequence number of each CPU, once nothing more can come:
   * what is missing at the end leaves no hole that a later record could show.
   */
  close(lastSeqs: ReadonlyMap<number, number>, t: Nanoseconds): GapEvent[] {
    const gaps: GapEvent[] = [];
    this.#noteAfter(lastSeqs);
    for (const [cpu, sent] of lastSeqs) {
      const last = this.#end === null ? sent : Math.min(sent, this.#end.get(cpu) ?? 0);
      const account = this.#cpus.get(cpu) ?? { seq: 0, at: this.#startedAt };
      if (last <= account.seq) continue;
      gaps.push(this.#lose(last - account.seq, account.at, t, cpu));
      this.#cpus.set(cpu, { seq: last, at: t });
    }
    return gaps;
  }

  /**
   * What the probes leave behind: sent as it were, and lost. A row may be of after the end, but a
   * life that they still hold began before it.
   */
  leave({ rows, lives }: LeftBehind, t: Nanoseconds): GapEvent[] {
    const count = (this.#end === null ? rows : 0) + lives;
    if (count === 0) return [];
    this.#countedNow += count;
    return [this.#lose(count, t - this.#reachNs, t)];
  }

  /**
   * End the account of one bpftrace; the next one counts from 0.
   *
   * Where it died before it printed its last figures, its counter has gone with it. Records that
   * came after the counter was last read were sent for certain, so they count; what else was sent
   * is not known, and the gap says so without a number.
   *
   * @param isWhole whether it printed its last figures
   * @param startsAt since when records of the next one are missed
   */
  endRun(isWhole: boolean, startsAt: Nanoseconds): void {
    const proven = isWhole ? 0 : this.#explained;
    this.#countedBefore += Math.max(this.#countedNow - this.#sentAfter, proven);
    this.#countedNow = 0;
    this.#sentAfter = 0;
    this.#explained = 0;
    this.#unexplained = 0;
    this.#garbage = 0;
    this.#cut = null;
    this.#settled = 0;
    this.#startedAt = startsAt;
    this.#isEven = true;
    this.#cpus.clear();
  }

  /** How the account stands, with what may be under way. */
  get figures() {
    const { counted, received, lost, unparsed, skipped, isEven } = this;
    return { counted, received, lost, unparsed, skipped, balanced: isEven };
  }

  ledger(evicted: number): Ledger {
    const { counted, received, lost, skipped, unparsed } = this;
    const balanced = counted === received + lost + unparsed;
    return { counted, received, lost, skipped, unparsed, evicted, balanced };
  }

  #noteAfter(seqs: ReadonlyMap<number, number>): void {
    if (this.#end === null) return;
    this.#sentAfter = 0;
    for (const [cpu, sent] of seqs) this.#sentAfter += sent - (this.#end.get(cpu) ?? 0);
  }

  #lose(count: number, after: Nanoseconds, t: Nanoseconds, cpu?: number): GapEvent {
    const from = after - this.#reachNs;
    const refused = Math.min(count, this.#unexplained);
    const damaged = Math.min(count - refused, this.#garbage);
    this.#unexplained -= refused;
    this.#garbage -= damaged;
    this.unparsed += damaged;
    this.lost += count - refused - damaged;
    this.#explained += count - refused;
    const cause = refused + damaged === count ? "unparsed" : "lost";
    return { type: "gap", t, from, cause, count, ...(cpu !== undefined && { cpu }) };
  }
}
