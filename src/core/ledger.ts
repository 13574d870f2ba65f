/** The account of all events, as the last heartbeat told it. */

import type { Ledger } from "../event/recording.ts";
import type { CoreState } from "./core-state.ts";

/** What the kernel counted, what came, and what is known to be missing. */
export function ledgerOf({ heartbeat, table }: CoreState): Ledger {
  const { counted = 0, received = 0, lost = 0, unparsed = 0, skipped = 0 } = heartbeat ?? {};
  return {
    counted,
    received,
    lost,
    skipped,
    unparsed,
    evicted: table.evicted,
    balanced: heartbeat?.balanced ?? counted === received + lost + unparsed,
  };
}
