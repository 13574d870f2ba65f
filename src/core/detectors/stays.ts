/** Who stays in a state for so long, or has left it after so long since the last look. */

import type { TcpState } from "../../event/tcp-state.ts";
import type { Nanoseconds } from "../../event/trace-event.ts";
import type { CoreState } from "../core-state.ts";
import type { Endpoint } from "../endpoint.ts";

/** The time between two looks. */
const LOOK_NS = 1e9;

/** An endpoint with the moment at which it entered the state. */
export interface Stay {
  readonly endpoint: Endpoint;
  readonly since: Nanoseconds;
  /** When it left the state, the moment of the look while it has not. */
  readonly until: Nanoseconds;
  readonly isOver: boolean;
}

/**
 * Stays of at least `seconds`.
 *
 * Detectors are asked once a second; a stay that crossed the threshold and ended between two
 * looks is in `core.left`. One that crossed it before was told of at the last look, and whoever
 * ended it need not be whom that finding is about. A state lists its endpoints in order of entry, so the walk ends with
 * the first that is too young: mini-sockets in FIN_WAIT2 by the hundred thousand cost nothing.
 */
export function stays(core: CoreState, state: TcpState, now: Nanoseconds, seconds: number): Stay[] {
  const found: Stay[] = [];
  for (const endpoint of core.table.inState(state)) {
    const since = endpoint.enteredAt ?? endpoint.bornAt;
    if (now - since < seconds * 1e9) break;
    found.push({ endpoint, since, until: now, isOver: false });
  }
  for (const { endpoint, state: left, from, to } of core.left) {
    const crossed = from + seconds * 1e9;
    if (left !== state || to < crossed || crossed <= now - LOOK_NS) continue;
    found.push({ endpoint, since: from, until: to, isOver: true });
  }
  return found;
}

/** The first of several stays, however many they are. */
export function earliest(stays: readonly Stay[]): Nanoseconds {
  return stays.reduce((first, stay) => Math.min(first, stay.since), Number.POSITIVE_INFINITY);
}
