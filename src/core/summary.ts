/** The counts of a trace as a report gives them. */

import type { CoreState } from "./core-state.ts";
import type { Tally } from "./tally.ts";
import type { Summary } from "./trace.ts";

/** Put together what was counted; `tally` holds every endpoint, those that are forgotten too. */
export function summaryOf({ table, resends, phases }: CoreState, tally: Tally): Summary {
  return {
    endpoints: tally.endpoints,
    itemised: table.byId.size,
    teardowns: tally.teardowns,
    byVerdict: tally.byVerdict,
    byRole: tally.byRole,
    retransmits: { ...resends },
    phaseMs: Object.fromEntries([...phases].map(([state, each]) => [state, each.percentiles()])),
  };
}
