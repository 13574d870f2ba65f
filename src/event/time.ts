/** Instants and durations: what people write, and nanoseconds since a recording's start. */

import type { Nanoseconds } from "./trace-event.ts";
import { UTC, type Zone } from "./zone.ts";

/** When `t` = 0 was, nanoseconds since 1970-01-01T00:00:00Z; beyond 2^53, so a bigint. */
export interface StartedAt {
  readonly epochNs: bigint;
}

/** What a TIME text is read against. */
export interface TimeSpan {
  /** The header's field, or what `parseStartedAt` made of it. */
  readonly startedAt: string | StartedAt;
  /** The last instant of the recording; null while it is not known (a stream). */
  readonly endNs: Nanoseconds | null;
  /** What a time of day, and an instant without a zone, is meant in; UTC where absent. */
  readonly zone?: Zone;
}

const INSTANT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9})\d*)?(Z|[+-]\d\d:?\d\d)?$/;
const ZONED = /(?:Z|[+-]\d\d:?\d\d)$/;
const CLOCK = /^(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?$/;
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|us|ns|[smhd]))+$/;
const DURATION_PART = /(\d+(?:\.\d+)?)(ms|us|ns|[smhd])/g;

const UNIT_NS: ReadonlyMap<string, number> = new Map([
  ["ns", 1],
  ["us", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
  ["m", 60e9],
  ["h", 3600e9],
  ["d", 86_400e9],
]);

const DAY_NS = 86_400_000_000_000n;
const EXACT = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Read a recording's `startedAt`, or null when the text is no ISO 8601 instant.
 *
 * An instant without a zone is UTC: everything that the program prints is.
 */
export function parseStartedAt(iso: string): StartedAt | null {
  const match = INSTANT.exec(iso);
  if (match === null) return null;
  const [, date, clock, fraction = "", zone = "Z"] = match;
  const colon = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  const ms = Date.parse(`${date}T${clock}${colon}`);
  if (Number.isNaN(ms)) return null;
  return { epochNs: BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, "0")) };
}

/**
 * Write the instant `t` of a recording as ISO 8601: `…Z` in UTC, `…+02:00` in another zone.
 *
 * @param startedAt The header's field, or what `parseStartedAt` made of it: the quicker of the two.
 * @param digits Decimals of the second, 0 to 9; the rest is cut off, not rounded, so that no
 * instant is shown later than it was.
 */
export function toIso(
  startedAt: string | StartedAt,
  t: Nanoseconds,
  digits = 6,
  zone = UTC,
): string {
  const ns = epochOf(startedAt) + BigInt(t);
  const subsecond = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const utcMs = Number((ns - subsecond) / 1_000_000n);
  const offsetMs = zone.offsetMs(utcMs);
  const second = new Date(utcMs + offsetMs).toISOString().slice(0, -5);
  const suffix = zone === UTC ? "Z" : offsetText(offsetMs);
  if (digits === 0) return second + suffix;
  return `${second}.${subsecond.toString().padStart(9, "0").slice(0, digits)}${suffix}`;
}

/** `+02:00`. */
function offsetText(offsetMs: number): string {
  const minutes = Math.abs(offsetMs) / 60_000;
  const parts = [Math.floor(minutes / 60), minutes % 60];
  const [hours, rest] = parts.map((part) => String(part).padStart(2, "0"));
  return `${offsetMs < 0 ? "-" : "+"}${hours}:${rest}`;
}

/** What is said of a text that has none of the forms of a time. */
export const NO_TIME =
  "it is no ISO 8601 instant, no HH:MM:SS, no +1.5s from the start and no -10s from the end";

/**
 * Read a TIME as nanoseconds since the recording's start, or say in a text why it cannot be read.
 *
 * - `2026-11-21T05:00:01.5Z`: an instant; without a zone, in the span's. It may lie outside the
 *   recording.
 * - `05:00:01.5`: that time of day, in the span's zone, where the recording first reaches it; it
 *   must do so.
 * - `+1.5s`, `+2m`, `+1h30m`: from the start. `-10s`: back from the end, not before the start.
 */
export function parseTime(text: string, span: TimeSpan): Nanoseconds | string {
  if (text.startsWith("+") || text.startsWith("-")) return parseOffset(text, span);
  if (CLOCK.test(text)) return parseClock(text, span);
  const instant = parseStartedAt(text);
  if (instant === null) return NO_TIME;
  const epochNs = ZONED.test(text) ? instant.epochNs : unzoned(instant.epochNs, span.zone);
  return exact(epochNs - epochOf(span.startedAt)) ?? "it is months away from the recording";
}

/** The instant at which clocks of a zone show what clocks in UTC show at `wallNs`. */
function unzoned(wallNs: bigint, zone = UTC): bigint {
  const wallMs = Number(wallNs / 1_000_000n);
  const guessMs = wallMs - zone.offsetMs(wallMs);
  return wallNs - BigInt(zone.offsetMs(guessMs)) * 1_000_000n;
}

function parseOffset(text: string, span: TimeSpan): Nanoseconds | string {
  const ns = durationNs(text.slice(1));
  if (typeof ns === "string") return ns;
  if (text.startsWith("+")) return ns;
  if (span.endNs === null) return "the end is not known before a stream has ended";
  return Math.max(0, span.endNs - ns);
}

function parseClock(text: string, span: TimeSpan): Nanoseconds | string {
  const [, hours, minutes, seconds, fraction = ""] = CLOCK.exec(text) ?? [];
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) {
    return "there is no such time of day";
  }
  const ofDay =
    BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1_000_000_000n +
    BigInt(fraction.padEnd(9, "0"));
  const { startedAt, endNs, zone = UTC } = span;
  const start = epochOf(startedAt);
  const wall = start + BigInt(zone.offsetMs(Number(start / 1_000_000n))) * 1_000_000n;
  const midnight = wall - (((wall % DAY_NS) + DAY_NS) % DAY_NS);
  const today = unzoned(midnight + ofDay, zone);
  const ns = Number((today >= start ? today : unzoned(midnight + DAY_NS + ofDay, zone)) - start);
  if (endNs !== null && ns > endNs) {
    const [from, to] = [0, endNs].map((t) => toIso(startedAt, t, 3, zone));
    return `the recording runs from ${from} to ${to}`;
  }
  return ns;
}

/**
 * Read a duration (`250ms`, `10s`, `5m`, `1h30m`, `1.5h`, `2d`) as milliseconds, or say in a text
 * why it cannot be read.
 */
export function parseDuration(text: string): number | string {
  const ns = durationNs(text);
  return typeof ns === "string" ? ns : ns / 1e6;
}

function durationNs(text: string): number | string {
  if (!DURATION.test(text)) return "a duration is a number and a unit, such as 250ms, 10s, 5m, 1h";
  let ns = 0;
  for (const [, number, unit = "s"] of text.matchAll(DURATION_PART)) {
    ns += Number(number) * (UNIT_NS.get(unit) ?? 0);
  }
  return ns <= Number.MAX_SAFE_INTEGER ? Math.round(ns) : "a duration is at most 104 days";
}

/** The codec lets no other `startedAt` in, so a wrong one here is a bug. */
function epochOf(startedAt: string | StartedAt): bigint {
  const parsed = typeof startedAt === "string" ? parseStartedAt(startedAt) : startedAt;
  if (parsed === null) throw new RangeError("startedAt is no instant");
  return parsed.epochNs;
}

function exact(ns: bigint): Nanoseconds | null {
  return ns <= EXACT && ns >= -EXACT ? Number(ns) : null;
}
