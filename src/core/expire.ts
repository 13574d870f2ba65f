/** Ends the mini-sockets whose timers have run out, where no event tells of it. */

import type { Nanoseconds } from "../event/trace-event.ts";
import { type CoreState, endEndpoint } from "./core-state.ts";
import { expiryVerdict } from "./expiry-queue.ts";

/**
 * How long the end of a mini-socket may be late. The kernel's timer wheel rounds 60 s up by as
 * much as 2 s at HZ=250 and 4 s at HZ=1000 (`kernel/time/timer.c:calc_index`), so where a probe
 * reports the end, the rule waits for it.
 */
const MINI_END_GRACE_NS = 6e9;

/** End all that is due at `now`, each at its own time. */
export function expire(core: CoreState, now: Nanoseconds): void {
  const { expiry, seesMiniEnd, table } = core;
  const due = seesMiniEnd ? now - MINI_END_GRACE_NS : now;
  while (expiry.nextAt <= due) {
    const at = expiry.nextAt;
    const endpoint = table.byId.at(expiry.pop() as number);
    if (endpoint === undefined || endpoint.endedAt !== null) continue;
    const { expiresAt } = endpoint;
    if (expiresAt === at) endEndpoint(core, endpoint, at, expiryVerdict(endpoint));
    else if (expiresAt !== null && expiresAt > at) expiry.push(expiresAt, endpoint.no);
  }
}
