/** The counts of a trace as a report gives them. */

import type { CoreState } from "./core-state.ts";
import type { Tally } from "./tally.ts";
import type { Summary } from "./trace.ts";

/** Put together what was counted; `tally` holds every endpoint that was told, those that are forgotten too. */
export function summaryOf(core: CoreState, tally: Tally): Summary {
  const { table, resends, phases, counted } = core;
  const places = counted.places();
  for (const place of places) tally.addCounted(place);
  return {
    endpoints: tally.endpoints,
    itemised: table.byId.size,
    teardowns: tally.teardowns,
    byVerdict: tally.byVerdict,
    byRole: tally.byRole,
    retransmits: { ...resends },
    phaseMs: Object.fromEntries([...phases].map(([state, each]) => [state, each.percentiles()])),
    ...(places.length > 0 && { counted: places }),
  };
}
