/** The trace itself has holes: say so before anybody trusts an absence. */

import type { Detector } from "./detector.ts";

/** Fires once, for the whole trace, when the ledger names a loss. */
export const incompleteTrace: Detector = {
  kind: "incomplete-trace",
  about: "events are known to be missing",
  threshold: 1,
  unit: "events",
  find(core, now, threshold) {
    const beat = core.heartbeat;
    const lost = (beat?.lost ?? 0) + (beat?.unparsed ?? 0) + (beat?.skipped ?? 0);
    if (lost < threshold && core.gaps.count === 0) return [];
    const first = core.gaps.first();
    return [
      {
        key: "trace",
        severity: "warning",
        since: first?.from ?? now,
        subject: {},
        count: Math.max(lost, core.gaps.count),
        summary: `events are missing: ${beat?.lost ?? 0} lost, ${beat?.skipped ?? 0} skipped, ${
          beat?.unparsed ?? 0
        } unparsed, in ${core.gaps.count} gap${core.gaps.count === 1 ? "" : "s"}`,
        endpoints: [...core.table.byId.values()]
          .filter((each) => core.gaps.overlaps(each.bornAt, each.endedAt ?? now))
          .map((each) => each.id),
        evidence: ["endpoints alive in a gap are marked incomplete"],
      },
    ];
  },
};
