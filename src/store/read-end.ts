/** The accounts of several readings as one. */

import type { Ledger } from "../event/recording.ts";
import type { ReadEnd } from "./recording-scanner.ts";

/** Before the first file. */
export const EMPTY_END: ReadEnd = {
  footer: null,
  closedCleanly: true,
  unknownTypes: new Map(),
  malformed: 0,
  overlong: 0,
  unproven: 0,
  tornTail: false,
  lines: 0,
  lastNs: 0,
};

/**
 * The account of what was read so far, and of one file more.
 *
 * @param past what the runs before this one have accounted for; within a run a ledger goes on
 */
export function joinEnds(
  before: ReadEnd,
  next: ReadEnd,
  past: Ledger | null,
  shiftNs: number,
): ReadEnd {
  const unknownTypes = new Map(before.unknownTypes);
  for (const [type, count] of next.unknownTypes) {
    unknownTypes.set(type, (unknownTypes.get(type) ?? 0) + count);
  }
  const { footer } = next;
  return {
    footer: footer && { ...footer, t: footer.t + shiftNs, ledger: sum(past, footer.ledger) },
    closedCleanly: before.closedCleanly && next.closedCleanly,
    unknownTypes,
    malformed: before.malformed + next.malformed,
    overlong: before.overlong + next.overlong,
    unproven: before.unproven + next.unproven,
    tornTail: before.tornTail || next.tornTail,
    lines: before.lines + next.lines,
    lastNs: Math.max(before.lastNs, next.lastNs + shiftNs),
  };
}

function sum(a: Ledger | null, b: Ledger): Ledger {
  if (a === null) return b;
  return {
    counted: a.counted + b.counted,
    received: a.received + b.received,
    lost: a.lost + b.lost,
    skipped: a.skipped + b.skipped,
    unparsed: a.unparsed + b.unparsed,
    evicted: a.evicted + b.evicted,
    balanced: a.balanced && b.balanced,
  };
}
