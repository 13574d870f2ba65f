/** Wall-clock text for moments of one recording. */

import { parseStartedAt, toIso } from "../event/time.ts";
import type { Nanoseconds } from "../event/trace-event.ts";

/** Writes the moments of a recording; all texts are UTC. */
export interface Clock {
  /** ISO 8601 with microseconds: what the contract promises. */
  iso(t: Nanoseconds): string;
  /** `2026-11-21` of a moment. */
  day(t: Nanoseconds): string;
  /** `05:00:01.123456`; digits of the fraction are 0, 3, 6 or 9. */
  time(t: Nanoseconds, digits?: 0 | 3 | 6 | 9): string;
}

/**
 * The clock of the recording that began at `startedAt` (header field, ISO 8601).
 *
 * Moments that a rule computed may lie between two nanoseconds; they are rounded.
 *
 * Throws RangeError where that is no instant: the codec lets no such header in.
 */
export function clockOf(startedAt: string): Clock {
  const start = parseStartedAt(startedAt);
  if (start === null) throw new RangeError("startedAt is no instant");
  const at = (t: Nanoseconds, digits: number) => toIso(start, Math.round(t), digits);
  return {
    iso: (t) => at(t, 6),
    day: (t) => at(t, 0).slice(0, -"THH:MM:SSZ".length),
    time: (t, digits = 6) => at(t, digits).split("T")[1]?.replace("Z", "") ?? "",
  };
}

/** The time of day in an ISO 8601 instant of a report, to the millisecond: `05:00:01.123`. */
export function timeOfIso(iso: string): string {
  return iso.slice("2026-11-21T".length, "2026-11-21T05:00:01.123".length);
}
