/** Tells up to which moment all records of the probes have come, as far as can be known. */

import { LATEST_NS } from "../core/apply-late.ts";
import type { Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import type { LedgerAccount } from "./ledger-account.ts";

/** A record may come so many ticks after a younger one of another CPU. */
const TICKS = 3;
/** At this tick from now on what comes now is sure. */
export const SURE_AT_TICK = TICKS + 1;
/** Nothing is awaited longer than `LATEST_NS`: bpftrace stands still, or says nothing for a second. */
const LONGEST_TICKS = 30;
/** So many records of other CPUs keep bpftrace from a CPU for longer than those ticks. */
const MANY = 300;
/** Where fewer came in those ticks there is no stream that could keep bpftrace from a CPU. */
const FEW = 100;
/** What a CPU has left for telling comes so much later than what it tells at once. */
const LEFT_NS = 50e6;

/** How things stood at a tick: the newest record, the time, and how many records had come. */
interface TickMark {
  readonly newest: Nanoseconds;
  readonly now: Nanoseconds;
  readonly count: number;
}

interface CpuMark {
  /** Newest record of this CPU, or the moment until which all of them are known to have come. */
  t: Nanoseconds;
  /** Number of the tick before which that came, and how many records had come by then. */
  tick: number;
  count: number;
}

/**
 * bpftrace empties one CPU's buffer after the other, each to its end, and to that end more is added
 * meanwhile. On a busy host it comes to a CPU seconds late, so how old a record is says nothing of
 * what is still to come. What counts is that for some ticks nothing came that was older, that no
 * CPU which is being read stands further back, and that none is kept waiting by another's stream.
 * Ticks are counted and not time: between two of them this process has read what there was, however
 * long it was kept from it.
 */
export class ArrivalMark {
  readonly #cpus = new Map<number, CpuMark>();
  readonly #before: TickMark[] = [];
  #newest = Number.NEGATIVE_INFINITY;
  #settled = Number.NEGATIVE_INFINITY;
  #beatT: Nanoseconds = 0;
  #readUntil = Number.POSITIVE_INFINITY;
  #tick = 0;
  #count = 0;

  /** Take an event that the probes, or their account, have told. */
  take(event: TraceEvent, account: Pick<LedgerAccount, "caughtUp" | "sending">): void {
    if (event.type === "gap") {
      // Another bpftrace sends from here on, perhaps nothing of a CPU that the last one told of.
      if (event.count === null) this.#cpus.clear();
      return;
    }
    this.note(event.t, "cpu" in event ? event.cpu : undefined);
    if (event.type !== "heartbeat") return;
    this.#meet(account.sending());
    this.complete(account.caughtUp(), event.t);
    this.#beatT = event.t;
  }

  /** By the kernel's counters these CPUs have sent: of some of them nothing may have come yet. */
  #meet(cpus: Iterable<number>): void {
    for (const cpu of cpus) {
      if (this.#cpus.has(cpu)) continue;
      this.#cpus.set(cpu, { t: this.#beatT, tick: this.#tick - TICKS, count: this.#count });
    }
  }

  /** A record of the probes has come; without a CPU one that is none of theirs. */
  note(t: Nanoseconds, cpu?: number): void {
    if (t > this.#newest) this.#newest = t;
    if (cpu === undefined) return;
    this.#count++;
    const mark = this.#cpus.get(cpu);
    if (mark === undefined) {
      this.#cpus.set(cpu, { t, tick: this.#tick, count: this.#count });
      return;
    }
    if (t > mark.t) mark.t = t;
    mark.tick = this.#tick;
    mark.count = this.#count;
  }

  /** By the kernel's counters all records of these CPUs until `t` have come. */
  complete(cpus: Iterable<number>, t: Nanoseconds): void {
    for (const cpu of cpus) {
      const mark = this.#cpus.get(cpu);
      if (mark === undefined) continue;
      if (t > mark.t) mark.t = t;
      mark.count = this.#count;
    }
  }

  /** Whether for a second the next ticks will say what the last one did, unless something comes. */
  get isAtRest(): boolean {
    const now = this.#before.at(-1)?.now ?? 0;
    if (this.#settled !== this.#newest || now - this.#newest > LATEST_NS / 2) return false;
    for (const mark of this.#cpus.values()) if (this.#isAwaited(mark)) return false;
    return true;
  }

  /** How old the newest is of what came, of the CPU of which more is awaited and it is oldest. */
  behind(now: Nanoseconds): Nanoseconds {
    let behind = 0;
    for (const mark of this.#cpus.values()) {
      if (this.#isAwaited(mark)) behind = Math.max(behind, now - mark.t);
    }
    return behind;
  }

  /** So many ticks have been left out, at which nothing would have been known that was not before. */
  pass(count: number): void {
    const now = this.#before.at(-1)?.now ?? Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      this.#remember(now);
      this.#tick++;
    }
  }

  /**
   * The moment up to which nothing more is awaited; to be asked once a tick.
   *
   * @param count this tick, and those before it that were left out
   */
  tick(now: Nanoseconds, count = 1): Nanoseconds {
    this.pass(count - 1);
    this.#remember(now);
    const before = this.#before;
    const oldest = before[0]?.now ?? now;
    const longest = before.length > LONGEST_TICKS ? oldest : oldest - LATEST_NS;
    let settled = before.at(-1 - TICKS)?.newest ?? Number.NEGATIVE_INFINITY;
    this.#readUntil = Number.POSITIVE_INFINITY;
    for (const mark of this.#cpus.values()) {
      if (this.#isAwaited(mark)) settled = Math.min(settled, mark.t - LEFT_NS);
      if (this.#isRead(mark)) this.#readUntil = Math.min(this.#readUntil, mark.t);
    }
    this.#tick++;
    this.#settled = Math.max(settled, longest);
    return this.#settled;
  }

  #remember(now: Nanoseconds): void {
    this.#before.push({ newest: this.#newest, now, count: this.#count });
    if (this.#before.length > LONGEST_TICKS + 1) this.#before.shift();
  }

  /**
   * At the last tick, the newest of what came of the CPU that is furthest behind and being read: of
   * that CPU the records after it are still to come, however long they have been awaited.
   */
  get readUntil(): Nanoseconds {
    return this.#readUntil;
  }

  #isRead({ tick }: CpuMark): boolean {
    return this.#tick - tick < TICKS;
  }

  #isAwaited(mark: CpuMark): boolean {
    if (this.#isRead(mark)) return true;
    const recent = this.#count - (this.#before.at(-1 - TICKS)?.count ?? 0);
    return recent >= FEW && this.#count - mark.count >= MANY;
  }
}
