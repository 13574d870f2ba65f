/** Percentiles of durations in bounded memory. */

import type { Percentiles } from "./trace.ts";

const SUB_BUCKETS = 64;
const NS_PER_US = 1e3;

/**
 * Log-linear histogram: 64 buckets per power of two of microseconds, so a percentile is at most
 * 1.6 % too high, or as little as 16 ns where a phase is over in one microsecond.
 *
 * The core may not import a package. What the kernel only counted comes in coarser steps, of which
 * the upper edge is recorded (`CountedGroup.stays`).
 */
export class DurationHistogram {
  readonly #counts = new Map<number, number>();
  #total = 0;
  #max = 0;

  copy(): DurationHistogram {
    const copy = new DurationHistogram();
    for (const [bucket, count] of this.#counts) copy.#counts.set(bucket, count);
    copy.#total = this.#total;
    copy.#max = this.#max;
    return copy;
  }

  /** Count a duration, nanoseconds, once or as often as it was seen; negative ones count as 0. */
  record(ns: number, count = 1): void {
    if (count <= 0) return;
    const value = Math.max(0, ns);
    const bucket = bucketOf(value);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
    this.#total += count;
    if (value > this.#max) this.#max = value;
  }

  get total(): number {
    return this.#total;
  }

  /** The percentiles in milliseconds, rounded to microseconds; all 0 when nothing was counted. */
  percentiles(): Percentiles {
    const buckets = [...this.#counts.entries()].sort((a, b) => a[0] - b[0]);
    const at = (share: number) => {
      const rank = Math.max(1, Math.ceil(this.#total * share));
      let seen = 0;
      for (const [bucket, count] of buckets) {
        seen += count;
        if (seen >= rank) return toMs(Math.min(upperEdge(bucket), this.#max));
      }
      return 0;
    };
    return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: toMs(this.#max) };
  }
}

function toMs(ns: number): number {
  return Math.round(ns / 1000) / 1000;
}

function bucketOf(ns: number): number {
  const value = ns / NS_PER_US + 1;
  const power = Math.floor(Math.log2(value));
  return power * SUB_BUCKETS + Math.floor((value / 2 ** power - 1) * SUB_BUCKETS);
}

function upperEdge(bucket: number): number {
  const power = Math.floor(bucket / SUB_BUCKETS);
  const part = (bucket % SUB_BUCKETS) + 1;
  return (2 ** power * (1 + part / SUB_BUCKETS) - 1) * NS_PER_US;
}
