/** The trace itself has holes: say so before anybody trusts an absence. */

import type { GapCause } from "../../event/trace-event.ts";
import type { CoreState } from "../core-state.ts";
import type { GapList, GapSum } from "../gap-list.ts";
import { holesInWords, worstHole } from "../holes.ts";
import type { Detector } from "./detector.ts";
import { counted } from "./wording.ts";

/** Which endpoints a list of gaps touched, found once for each time that it grew. */
const touched = new WeakMap<GapList, { readonly gaps: number; readonly ids: readonly string[] }>();

/** Fires once, for the whole trace, when the ledger names a loss. */
export const incompleteTrace: Detector = {
  kind: "incomplete-trace",
  about: "events are known to be missing",
  threshold: 1,
  unit: "events",
  find(core, now, threshold) {
    const sums = core.gaps.sums();
    const losses = { ...recordsOf(core, sums), evicted: core.table.evictedAlive };
    const { lost, skipped, unparsed, evicted } = losses;
    const sum = lost + skipped + unparsed + evicted;
    const gaps = core.gaps.count;
    if (sum < threshold && gaps === 0) return [];
    const [most, count] = Object.entries(losses).reduce((a, b) => (b[1] > a[1] ? b : a));
    const cause = count > 0 ? most : worstHole(sums);
    const missing = [
      ...(lost > 0 ? [`${counted(lost, "record")} lost`] : []),
      ...(skipped > 0 ? [`${counted(skipped, "probe run")} skipped by the kernel`] : []),
      ...(unparsed > 0 ? [`${counted(unparsed, "record")} damaged`] : []),
      ...holesInWords(sums),
      ...(evicted > 0
        ? [`${counted(evicted, "living endpoint")} were forgotten for want of room`]
        : []),
    ];
    const where = gaps > 0 ? [`in ${counted(gaps, "gap")}`] : [];
    return [
      {
        key: "trace",
        severity: "warning",
        since: core.gaps.first()?.from ?? now,
        subject: cause === undefined ? {} : { cause },
        count: Math.max(sum, gaps),
        summary: `events are missing: ${[...missing, ...where].join(", ")}`,
        namesAll: true,
        get endpoints() {
          return idsInGaps(core);
        },
        evidence: ["endpoints alive in a gap are marked incomplete"],
      },
    ];
  },
};

/** The ledger's losses; a gap tells of its own before the heartbeat that counts it. */
function recordsOf({ heartbeat }: CoreState, sums: readonly GapSum[]) {
  const told = (cause: GapCause) => sums.find((each) => each.cause === cause)?.events ?? 0;
  return {
    lost: heartbeat?.lost || told("lost"),
    skipped: heartbeat?.skipped || told("skipped"),
    unparsed: heartbeat?.unparsed || told("unparsed"),
  };
}

/**
 * The endpoints that lived in a gap.
 *
 * A walk over all of them, made when somebody asks for the ids and not once a second: under a
 * lasting loss nearly all are touched. Who is born later touches no gap that is over.
 */
function idsInGaps(core: CoreState): readonly string[] {
  const { gaps, table, now } = core;
  const known = touched.get(gaps);
  if (known?.gaps === gaps.count) return known.ids;
  const ids: string[] = [];
  for (const { id, bornAt, endedAt } of table.byId) {
    if (gaps.overlaps(bornAt, endedAt ?? now)) ids.push(id);
  }
  touched.set(gaps, { gaps: gaps.count, ids });
  return ids;
}
