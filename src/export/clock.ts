/** Wall-clock text for moments of one recording. */

import { parseStartedAt, toIso } from "../event/time.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import { UTC, type Zone } from "../event/zone.ts";

/** Writes the moments of a recording, all in one zone. */
export interface Clock {
  /** `UTC`, or the name of the zone that was asked for. */
  readonly zone: string;
  /** ISO 8601 with microseconds: what the contract promises. */
  iso(t: Nanoseconds): string;
  /** `2026-11-21` of a moment. */
  day(t: Nanoseconds): string;
  /** `05:00:01.123456`; digits of the fraction are 0, 3, 6 or 9. */
  time(t: Nanoseconds, digits?: 0 | 3 | 6 | 9): string;
}

const TIME_AT = "2026-11-21T".length;
const TIME_LENGTH = { 0: 8, 3: 12, 6: 15, 9: 18 } as const;

/**
 * The clock of the recording that began at `startedAt` (header field, ISO 8601).
 *
 * Moments that a rule computed may lie between two nanoseconds; they are rounded.
 *
 * Throws RangeError where that is no instant: the codec lets no such header in.
 */
export function clockOf(startedAt: string, zone: Zone = UTC): Clock {
  const start = parseStartedAt(startedAt);
  if (start === null) throw new RangeError("startedAt is no instant");
  const at = (t: Nanoseconds, digits: number) => toIso(start, Math.round(t), digits, zone);
  return {
    zone: zone.name,
    iso: (t) => at(t, 6),
    day: (t) => at(t, 0).slice(0, "2026-11-21".length),
    time: (t, digits = 6) => at(t, digits).slice(TIME_AT, TIME_AT + TIME_LENGTH[digits]),
  };
}

/** The time of day in an ISO 8601 instant of a report, in its zone, to the millisecond: `05:00:01.123`. */
export function timeOfIso(iso: string): string {
  return iso.slice("2026-11-21T".length, "2026-11-21T05:00:01.123".length);
}
