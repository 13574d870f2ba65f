/** The trace itself has holes: say so before anybody trusts an absence. */

import type { CoreState } from "../core-state.ts";
import type { GapList } from "../gap-list.ts";
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
    const { lost = 0, skipped = 0, unparsed = 0 } = core.heartbeat ?? {};
    const evicted = core.table.evictedAlive;
    const losses = { lost, skipped, unparsed, evicted };
    const sum = lost + skipped + unparsed + evicted;
    const gaps = core.gaps.count;
    if (sum < threshold && gaps === 0) return [];
    const [cause, most] = Object.entries(losses).reduce((a, b) => (b[1] > a[1] ? b : a));
    return [
      {
        key: "trace",
        severity: "warning",
        since: core.gaps.first()?.from ?? now,
        subject: most > 0 ? { cause } : {},
        count: Math.max(sum, gaps),
        summary: `events are missing: ${lost} lost, ${skipped} skipped, ${unparsed} unparsed, in ${counted(gaps, "gap")}`,
        namesAll: true,
        get endpoints() {
          return idsInGaps(core);
        },
        evidence: [
          "endpoints alive in a gap are marked incomplete",
          ...(evicted > 0
            ? [`${counted(evicted, "living endpoint")} were forgotten for want of room`]
            : []),
        ],
      },
    ];
  },
};

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
