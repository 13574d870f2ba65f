/** Who stays in a state for so long, or has left it after so long since the last look. */

import type { TcpState } from "../../event/tcp-state.ts";
import type { Nanoseconds } from "../../event/trace-event.ts";
import type { CoreState } from "../core-state.ts";
import type { Endpoint } from "../endpoint.ts";

/** An endpoint with the moment at which it entered the state. */
export interface Stay {
  readonly endpoint: Endpoint;
  readonly since: Nanoseconds;
}

/**
 * Stays of at least `seconds`.
 *
 * Detectors are asked once a second; a stay that crossed the threshold and ended between two
 * looks is in `core.left`.
 */
export function stays(core: CoreState, state: TcpState, now: Nanoseconds, seconds: number): Stay[] {
  const found: Stay[] = [];
  for (const endpoint of core.table.inState(state)) {
    const since = endpoint.phases.at(-1)?.from ?? endpoint.bornAt;
    if (now - since >= seconds * 1e9) found.push({ endpoint, since });
  }
  for (const left of core.left) {
    if (left.state !== state || left.to - left.from < seconds * 1e9) continue;
    found.push({ endpoint: left.endpoint, since: left.from });
  }
  return found;
}
