/** Narrows down how far one clock is ahead of another from readings that are only roughly right. */

/** A closed range, in nanoseconds, that holds the true value. */
export interface Range {
  readonly low: bigint;
  readonly high: bigint;
}

/** One reading of a coarse clock between two readings of a fine one, all in nanoseconds. */
export interface Reading {
  readonly before: bigint;
  /** The coarse clock cuts its value off: the truth is up to `grain` later. */
  readonly value: bigint;
  readonly grain: bigint;
  readonly after: bigint;
}

/**
 * What one reading says about the offset (coarse minus fine).
 *
 * The coarse clock was read somewhere between `before` and `after`, and its true value then was from
 * `value` to `value + grain`. However long the reading was interrupted, this holds.
 */
export function offsetOf({ before, value, grain, after }: Reading): Range {
  return { low: value - after, high: value + grain - before };
}

/** What two ranges say together, or null when they contradict each other: then a clock jumped. */
export function intersect(a: Range, b: Range): Range | null {
  let { low, high } = a;
  if (b.low > low) low = b.low;
  if (b.high < high) high = b.high;
  return low <= high ? { low, high } : null;
}

/** How wide the range is. */
export function widthOf({ low, high }: Range): bigint {
  return high - low;
}

/** The middle of a range: at most half its width from the truth. */
export function middleOf({ low, high }: Range): bigint {
  return low + (high - low) / 2n;
}

/** A range with 0 in it and narrower than this means 0: nothing sleeps for less than a millisecond. */
const CERTAIN_NS = 1_000_000n;

/** Whether a range of offsets between boot and monotonic clock tells that the host never slept. */
export function isNeverSuspended(range: Range): boolean {
  return range.low <= 0n && range.high >= 0n && widthOf(range) < CERTAIN_NS;
}

/**
 * The best guess within a range of offsets between boot and monotonic clock.
 *
 * They differ by the time spent suspended and nothing else, so on a host that never slept the answer
 * is exactly 0, not the middle of our uncertainty.
 */
export function bestBootOffset(range: Range): bigint {
  return isNeverSuspended(range) ? 0n : middleOf(range);
}

/** How far two ranges are apart, at least; negative when `next` lies lower, 0 when they touch. */
export function jumpBetween(previous: Range, next: Range): bigint {
  if (next.low > previous.high) return next.low - previous.high;
  return next.high < previous.low ? next.high - previous.low : 0n;
}
