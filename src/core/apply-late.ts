/** Takes in a change of state that comes after younger ones of the same endpoint have been folded. */

import type { LateMark } from "../event/order.ts";
import type { TransitionEvent } from "../event/trace-event.ts";
import { triggerOf } from "./apply-transition.ts";
import type { CoreState } from "./core-state.ts";
import type { EndpointRecord } from "./endpoint-record.ts";
import { directionOf, isBirth } from "./identify.ts";
import { noteWave } from "./waves.ts";

/** What comes later than this after younger records is not awaited by `session/arrival-mark.ts`. */
export const LATEST_NS = 3e9;

/**
 * Whether a change of state is of the past: what it tells of is noted, and the state stays.
 *
 * Taken for news it would put an endpoint back into a state that it has left, or begin another
 * life under the tuple of one that waits as a mini-socket, or whose socket has just been closed.
 */
export function applyLate(core: CoreState, event: TransitionEvent): boolean {
  if ((event as LateMark).late !== true) return false;
  const closed = closedSince(core, event);
  if (closed !== undefined) {
    if (isBirth(event)) closed.direction ??= directionOf(event);
    else if (closed.endedAt === null) notePast(closed, event);
    return true;
  }
  const endpoint = livingOf(core, event);
  if (endpoint === undefined) return false;
  const entered = endpoint.enteredAt ?? Number.NEGATIVE_INFINITY;
  if (entered <= event.t || (event.to === "CLOSE" && !endpoint.isMini)) return false;
  if (isBirth(event)) endpoint.direction ??= directionOf(event);
  else if (endpoint.bornAt <= event.t) notePast(endpoint, event);
  return true;
}

/** Whose socket was closed after that moment, within the last seconds: one CPU was told first. */
function closedSince(core: CoreState, event: TransitionEvent): EndpointRecord | undefined {
  const closed = core.justClosed.get(event.sk);
  if (closed === undefined || closed.touchedAt <= event.t) return undefined;
  const { localPort, remotePort, remote } = closed;
  // A connect() has no port yet when it is told.
  const isSame = event.localPort === localPort || event.localPort === 0;
  return isSame && event.remotePort === remotePort && event.remote === remote ? closed : undefined;
}

function livingOf({ table }: CoreState, event: TransitionEvent): EndpointRecord | undefined {
  const known = table.bySocket(event.sk);
  const isSame = known?.remotePort === event.remotePort && known.remote === event.remote;
  return isSame ? known : table.byTuple(event);
}

function notePast(endpoint: EndpointRecord, event: TransitionEvent): void {
  const { t, from, to } = event;
  if (from === to) {
    endpoint.orphan = true;
    endpoint.trigger = "shutdown";
  } else if (to === "FIN_WAIT1" || to === "LAST_ACK") {
    endpoint.trigger ??= triggerOf(event);
    noteWave(endpoint, to === "FIN_WAIT1" ? 1 : 3, "local", t, "observed");
  } else if (to === "FIN_WAIT2") noteWave(endpoint, 2, "remote", t, "observed");
  else if (to === "CLOSE_WAIT") noteWave(endpoint, 1, "remote", t, "observed");
}
