/** Moves the probes of a running trace between details, by what each second was like. */

import { CHANGES_EACH, type CountsEvent } from "../event/counts.ts";
import type { Detail, DetailEvent } from "../event/detail.ts";
import type { Nanoseconds, ProbeMark, TraceEvent } from "../event/trace-event.ts";
import { ParsedFile } from "../host/kept-file.ts";
import { parseProcStat } from "../host/proc-stat.ts";
import { type DetailMove, DetailPolicy, SUDDEN_NS } from "./detail-policy.ts";
import type { DetailSwitch } from "./detail-switch.ts";
import type { LiveOptions } from "./live-options.ts";
import { HOLD_NS, type PreparedProbes } from "./start-probes.ts";

/** `USER_HZ` of /proc, which is 100 on every architecture that bpftrace runs on. */
const TICKS_A_SECOND = 100;
const SECOND_NS = 1e9;
/** So long an answer is waited for: in a flood it may be lost as any record. */
const ANSWER_NS = 0.3e9;

/**
 * Watches what comes in and asks for another detail where the load calls for it.
 *
 * The seconds are those of this process: where records are lost heartbeats are too, and what waits
 * in buffers comes seconds late.
 */
export class DetailPilot {
  readonly #switch: DetailSwitch;
  readonly #policy: DetailPolicy;
  /** Process number of the bpftrace that runs now. */
  readonly #pid: () => number | null;
  readonly #holdNs: Nanoseconds;
  readonly #countingNs: Nanoseconds;
  #changes = 0;
  /** The changes in `SUDDEN_NS` from `#burstAt` on, in the kernel's time: bpftrace may be behind. */
  #burst = 0;
  #burstAt = Number.NEGATIVE_INFINITY;
  #lost = 0;
  #stat: { readonly pid: number; readonly file: ParsedFile<number | null> } | null = null;
  #ticks: number | null = null;
  #at = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** Until when the kernel may hold what it will count; it begins when it is asked to. */
  #countsUntil = Number.NEGATIVE_INFINITY;
  /** Whether the socket table has been read. */
  #hasBegun = false;
  #isResting = false;

  /**
   * @param holds how long the kernel may hold what it has to tell: at any time, where more comes
   * than can be read, and in `aggregate`
   */
  constructor(
    way: DetailSwitch,
    { holdNs, countingNs }: { readonly holdNs: Nanoseconds; readonly countingNs: Nanoseconds },
    pid: () => number | null,
    policy = new DetailPolicy(),
  ) {
    this.#switch = way;
    this.#policy = policy;
    this.#holdNs = holdNs;
    this.#countingNs = countingNs;
    this.#pid = pid;
  }

  /** The pilot of a trace that is to move by itself; null where it is not, or has no way to. */
  static of(
    { detail: way, holdNs, header }: PreparedProbes,
    { detail, detailLimits }: LiveOptions,
    pid: () => number | null,
  ): DetailPilot | null {
    if (way === null || detail !== "auto") return null;
    return new DetailPilot(
      way,
      { holdNs: HOLD_NS, countingNs: holdNs },
      pid,
      new DetailPolicy({ ...detailLimits, canCount: header.sampled !== undefined }),
    );
  }

  /** How old what is told at this moment may be, nanoseconds. */
  holdNs(now: Nanoseconds): Nanoseconds {
    return now < this.#countsUntil ? this.#countingNs : this.#holdNs;
  }

  /** The socket table has been read: in a flood the probes may count by themselves. */
  begin(): void {
    this.#hasBegun = true;
    if (!this.#isResting) this.#switch.ask(this.#policy.detail);
  }

  /** Whether the probes may count by themselves. */
  get mayCount(): boolean {
    return this.#hasBegun && this.#policy.canCount;
  }

  /** Ask for nothing any more: the trace ends, and no load may keep back again what is held. */
  rest(): void {
    this.#isResting = true;
    this.#switch.forget();
  }

  /** Take an event that the probes sent. */
  take(event: TraceEvent): void {
    if (this.#isResting) return;
    if (event.type === "transition") this.#change(event.t);
    else if (event.type === "counts") this.#changes += changesIn(event);
    else if (event.type !== "gap") return;
    else if (event.cause === "restart") this.#beginAnew(event.t);
    else if (event.cause === "lost") this.#lost += event.count ?? 1;
  }

  /** Called several times a second with what time it is: what came until now is weighed. */
  tick(now: Nanoseconds): void {
    if (this.#isResting) return;
    if (now - this.#askedAt >= ANSWER_NS) {
      this.#askedAt = now;
      this.#switch.remind();
    }
    if (now - this.#at >= SECOND_NS) this.#second(now);
  }

  /** The probes answer: the move, with why it was asked for; null where it was not. */
  answered(detail: Detail, t: Nanoseconds, mark: ProbeMark): DetailEvent | null {
    const move = this.#switch.answered(detail, t, mark);
    if (move !== null && move.detail !== "aggregate") this.#stopCounting(t);
    return move;
  }

  /**
   * A bpftrace that was started again holds nothing, and does not know yet that it may count: it
   * has been told once it is there, which is when the second of an outage's two gaps is.
   */
  #beginAnew(t: Nanoseconds): void {
    this.#policy.reset();
    this.#switch.forget();
    this.#stopCounting(t);
    if (this.#hasBegun) this.#switch.ask(this.#policy.detail);
  }

  #stopCounting(t: Nanoseconds): void {
    this.#countsUntil = Math.min(this.#countsUntil, t + 2 * this.#countingNs);
  }

  #second(now: Nanoseconds): void {
    const seconds = (now - this.#at) / 1e9;
    this.#at = now;
    const ticks = this.#readTicks();
    const used = ticks === null || this.#ticks === null ? null : ticks - this.#ticks;
    this.#ticks = ticks;
    const load = {
      changes: Math.round(this.#changes / seconds),
      lost: this.#lost,
      cpu: used === null || used < 0 ? null : used / TICKS_A_SECOND / seconds,
    };
    this.#changes = 0;
    this.#lost = 0;
    const move = Number.isFinite(seconds) ? this.#policy.second(load) : null;
    if (move !== null) this.#go(move);
  }

  #change(t: Nanoseconds): void {
    this.#changes++;
    // One CPU's records are read to their end before another's, so the time jumps back too.
    if (Math.abs(t - this.#burstAt) >= SUDDEN_NS) {
      this.#burst = 0;
      this.#burstAt = t;
    }
    const move = this.#policy.burst(++this.#burst);
    if (move !== null) this.#go(move);
  }

  #go(move: DetailMove): void {
    if (move.detail === "aggregate") this.#countsUntil = Number.POSITIVE_INFINITY;
    this.#switch.ask(move.detail, move);
  }

  #readTicks(): number | null {
    const pid = this.#pid();
    if (pid !== this.#stat?.pid) {
      this.#stat?.file.close();
      this.#stat =
        pid === null ? null : { pid, file: new ParsedFile(`/proc/${pid}/stat`, ticksOf) };
    }
    return this.#stat?.file.read() ?? null;
  }
}

function ticksOf(stat: string): number | null {
  return parseProcStat(Buffer.from(stat))?.cpuTicks ?? null;
}

function changesIn({ groups }: CountsEvent): number {
  return groups.reduce((sum, { count }) => sum + CHANGES_EACH * count, 0);
}
