/** The gaps that the ledger has no number for, in words. */

import type { GapCause } from "../event/trace-event.ts";
import { counted, lasting } from "./detectors/wording.ts";
import type { GapSum } from "./gap-list.ts";

/**
 * What is missing for each cause that is no matter of records.
 *
 * While bpftrace is gone nothing is counted, so nothing is lost by any account; and what the disk
 * or the file has lost had arrived. The ledger balances over all of these.
 */
const HOLES: Partial<Readonly<Record<GapCause, (sum: GapSum) => string>>> = {
  restart: ({ ns }) => `nothing was traced for ${lastingHole(ns)}`,
  hung: ({ ns }) => `bpftrace gave no answer for ${lastingHole(ns)}`,
  disk: ({ events, ns }) =>
    events > 0
      ? `${counted(events, "event")} could not be written`
      : `what came in ${lastingHole(ns)} could not be written`,
  damaged: ({ events }) =>
    events > 0
      ? `${counted(events, "line")} of the recording cannot be read`
      : "a part of the recording is missing or does not fit its checksum",
};

/** A clause for each such cause; none where the ledger tells all. */
export function holesInWords(sums: readonly GapSum[]): string[] {
  return sums.flatMap((sum) => HOLES[sum.cause]?.(sum) ?? []);
}

/** The cause of the longest of them. */
export function worstHole(sums: readonly GapSum[]): GapCause | undefined {
  return sums
    .filter(({ cause }) => HOLES[cause] !== undefined)
    .reduce<GapSum | undefined>((a, b) => (a === undefined || b.ns > a.ns ? b : a), undefined)
    ?.cause;
}

function lastingHole(ns: number): string {
  return ns < 1e9 ? "less than a second" : lasting(ns);
}
