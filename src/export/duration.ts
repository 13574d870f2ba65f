/** Durations in words, short enough for a table cell. */

import type { Nanoseconds } from "../event/trace-event.ts";

const UNITS = [
  { name: "d", ms: 86_400_000, next: { name: "h", ms: 3_600_000 } },
  { name: "h", ms: 3_600_000, next: { name: "min", ms: 60_000 } },
  { name: "min", ms: 60_000, next: { name: "s", ms: 1000 } },
] as const;

/** Milliseconds between two moments, rounded to the microsecond that a report shows. */
export function milliseconds(from: Nanoseconds, to: Nanoseconds): number {
  return Math.round((to - from) / 1000) / 1000;
}

/**
 * Write a duration as a person says it: `0.041 ms`, `12 ms`, `4.02 s`, `1 min 46 s`, `2 h 3 min`.
 *
 * Three digits tell two delays apart; more would only look exact. Plain ASCII, so that it stays
 * readable in a mail or a terminal without UTF-8. Takes nanoseconds, of either sign.
 */
export function durationText(ns: Nanoseconds): string {
  if (ns < 0) return `-${durationText(-ns)}`;
  const ms = ns / 1e6;
  if (ms < 999.5) return `${threeDigits(ms)} ms`;
  if (ms < 59_950) return `${threeDigits(ms / 1000)} s`;
  for (const { name, ms: unit, next } of UNITS) {
    const steps = Math.round(ms / next.ms);
    const whole = Math.floor((steps * next.ms) / unit);
    if (whole === 0) continue;
    const rest = steps - (whole * unit) / next.ms;
    return rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${next.name}`;
  }
  return `${threeDigits(ms / 1000)} s`;
}

function threeDigits(value: number): string {
  const decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  const text = value.toFixed(decimals);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** Write a count with thousands apart: `12,345`. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** `1 endpoint`, `2 endpoints`; the plural form only where it is not the noun with an s. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : plural}`;
}
