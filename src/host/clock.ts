/** Dates events on the boot clock, which counts suspend, and knows what the wall clock said then. */

import type { Nanoseconds } from "../event/trace-event.ts";
import {
  bestBootOffset,
  intersect,
  isNeverSuspended,
  jumpBetween,
  middleOf,
  offsetOf,
  type Range,
  widthOf,
} from "./clock-offset.ts";
import { type HostClocks, openHostClocks } from "./host-clocks.ts";

/** A jump of a clock. */
export interface ClockChange {
  readonly t: Nanoseconds;
  /** `suspend`: the host slept. `step`: somebody set the wall clock. */
  readonly kind: "suspend" | "step";
  /** How far, nanoseconds, true to about 10 ms; a step back is negative. */
  readonly byNs: number;
}

const CENTISECOND_NS = 10_000_000n;
const MILLISECOND_NS = 1_000_000n;

/** Smaller jumps are the work of a time daemon and worth no word. */
const NOTABLE_NS = 50n * MILLISECOND_NS;

/** How narrow the first readings should get, and how many turns of the event loop they may take. */
const ENOUGH_NS = 100_000n;
const MOST_READINGS = 2000;

/**
 * The clock of one recording.
 *
 * bpftrace's `nsecs` counts on the boot clock, which Node cannot read: `hrtime` is monotonic and stops
 * during suspend. The difference is found from /proc/uptime: it is cut off at 10 ms, but each reading
 * bounds the difference from both sides, and readings at many phases narrow it to some 100 µs; a
 * reading of bpftrace itself raises the lower bound, for it was taken before it arrived. On a host
 * that never slept the difference is 0, exactly.
 */
export class RecordingClock {
  /** Boot clock at `t` = 0. */
  readonly startBootNs: bigint;
  /** Wall clock at `t` = 0, ISO 8601 with nanoseconds, true to some 0.1 ms. */
  readonly startedAt: string;
  readonly #clocks: HostClocks;
  /** Boot minus monotonic clock. */
  #boot: Range;
  /** Wall minus monotonic clock. */
  #wall: Range;
  /** Sleep that `observe` has found and `check` has not told yet. */
  #untoldSleepNs = 0n;
  #last = 0;

  private constructor(clocks: HostClocks, boot: Range, wall: Range) {
    this.#clocks = clocks;
    this.#boot = boot;
    this.#wall = wall;
    this.startBootNs = this.#bootNow();
    this.startedAt = this.wallAt(0);
  }

  /** Start a recording's clock now. Takes some 20 ms, in which the event loop turns freely. */
  static async start(clocks: HostClocks = openHostClocks()): Promise<RecordingClock> {
    let boot = readBootOffset(clocks);
    let wall = readWallOffset(clocks);
    for (let i = 0; i < MOST_READINGS && widthOf(boot) + widthOf(wall) > ENOUGH_NS; i += 1) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      boot = follow(boot, readBootOffset(clocks)).range;
      wall = follow(wall, readWallOffset(clocks)).range;
    }
    return new RecordingClock(clocks, boot, wall);
  }

  /** Nanoseconds since the recording's start; never less than it said before. */
  now(): Nanoseconds {
    this.#last = Math.max(this.#last, this.toRecording(this.#bootNow()));
    return this.#last;
  }

  /** Convert a boot clock reading of the kernel (`nsecs`), exactly; negative before the start. */
  toRecording(bootNs: bigint): Nanoseconds {
    return Number(bootNs - this.startBootNs);
  }

  /** Learn from a boot clock reading of the kernel that has just arrived. */
  observe(bootNs: bigint): void {
    const low = bootNs - this.#clocks.monotonicNs();
    const { low: known, high } = this.#boot;
    if (low <= known) return;
    if (low > high) this.#untoldSleepNs += low - high;
    this.#boot = { low, high: low > high ? low + CENTISECOND_NS : high };
  }

  /** How far `now()` may be from the kernel's clock, nanoseconds either way. */
  uncertaintyNs(): number {
    return isNeverSuspended(this.#boot) ? 0 : Number(widthOf(this.#boot) / 2n);
  }

  /** Wall clock at a moment of the recording, ISO 8601, by today's setting of the wall clock. */
  wallAt(t: Nanoseconds): string {
    const monotonicNs = this.startBootNs + BigInt(Math.round(t)) - bestBootOffset(this.#boot);
    return isoOf(monotonicNs + middleOf(this.#wall));
  }

  /**
   * Compare the clocks again, and tell what jumped by more than 50 ms since the last time.
   *
   * Call it about once a second. Slewing by a time daemon does not show: it turns all clocks alike.
   */
  check(): ClockChange[] {
    const boot = follow(this.#boot, readBootOffset(this.#clocks));
    const wall = follow(this.#wall, readWallOffset(this.#clocks));
    this.#boot = boot.range;
    this.#wall = wall.range;
    const sleptNs = boot.jump + this.#untoldSleepNs;
    this.#untoldSleepNs = 0n;
    const t = this.now();
    const changes: ClockChange[] = [];
    const note = (kind: ClockChange["kind"], by: bigint) => {
      if (by > NOTABLE_NS || by < -NOTABLE_NS) changes.push({ t, kind, byNs: Number(by) });
    };
    note("suspend", sleptNs);
    // While a host sleeps its wall clock goes on and its monotonic one does not: that is no step.
    note("step", wall.jump - sleptNs);
    return changes;
  }

  #bootNow(): bigint {
    return this.#clocks.monotonicNs() + bestBootOffset(this.#boot);
  }
}

function readBootOffset(clocks: HostClocks): Range {
  const before = clocks.monotonicNs();
  const value = clocks.uptimeNs();
  return offsetOf({ before, value, grain: CENTISECOND_NS, after: clocks.monotonicNs() });
}

function readWallOffset(clocks: HostClocks): Range {
  const before = clocks.monotonicNs();
  const value = BigInt(clocks.wallMs()) * MILLISECOND_NS;
  return offsetOf({ before, value, grain: MILLISECOND_NS, after: clocks.monotonicNs() });
}

function follow(known: Range, fresh: Range): { range: Range; jump: bigint } {
  const range = intersect(known, fresh) ?? fresh;
  return { range, jump: jumpBetween(known, fresh) };
}

function isoOf(wallNs: bigint): string {
  const seconds = new Date(Number(wallNs / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(wallNs % 1_000_000_000n).padStart(9, "0")}Z`;
}
