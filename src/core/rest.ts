/** Endpoints that rest: mini-sockets that wait out their time, each told by one row and not by its events. */

import type { CoreState } from "./core-state.ts";
import { histogramOf } from "./counted-lives.ts";
import type { Endpoint } from "./endpoint.ts";
import type { EndpointRecord } from "./endpoint-record.ts";
import type { RowFacts } from "./packed-story.ts";
import type { RestOrder } from "./resume.ts";
import type { Route } from "./route.ts";

/** States in which a mini-socket waits, as the socket table shows it. */
const RESTING_STATES = ["FIN_WAIT2", "TIME_WAIT"] as const;

/** One endpoint that rests. */
export interface Rest {
  readonly no: number;
  readonly localPort: number;
  readonly remotePort: number;
  readonly route: Route;
  /** Whether its local port is one that connect() took: see `PortUse`. */
  readonly takesPort: boolean;
  readonly row: RowFacts;
}

/** What of the state of a trace decides who rests, and in which order all stand. */
export interface Standing {
  /**
   * The endpoints that something but the table still knows: whose socket a process held, whose FIN
   * was sent again, whose stay no detector has seen the end of. Their rows do not tell all of it.
   */
  readonly awaited: ReadonlySet<Endpoint>;
  readonly order: RestOrder;
}

/** What it is now. */
export function standingOf(core: CoreState): Standing {
  const { finTroubled, heldClosed, left, settled, resets } = core;
  const awaited = new Set<Endpoint>([
    ...finTroubled,
    ...heldClosed.values(),
    ...[...left, ...settled].map(({ endpoint }) => endpoint),
    ...resets.unjudged,
  ]);
  return { awaited, order: orderOf(core) };
}

function orderOf({ table, recent, justClosed }: CoreState): RestOrder {
  const entered = RESTING_STATES.map((state) => {
    const waiting = [...table.inState(state)];
    const isPlain = waiting.every((each, i) => i === 0 || byEntry(waiting[i - 1], each) <= 0);
    return isPlain ? [] : waiting.map(({ no }) => no);
  });
  const nos = recent.newest(Number.POSITIVE_INFINITY).map(({ no }) => no);
  const closed = [...justClosed].map(([sk, { no }]) => [sk, no] as const);
  return { entered, teardowns: { count: recent.count, nos }, closed };
}

/** Put endpoints back that rest, between those that events have told of. */
export function takeRests(core: CoreState, rests: readonly Rest[], order: RestOrder): void {
  const { table, expiry, recent } = core;
  for (const endpoint of table.adopt(rests)) {
    expiry.push(endpoint.expiresAt as number, endpoint.no);
    endpoint.eachStay((state, ns) => histogramOf(core, state).record(ns));
  }
  for (const [i, state] of RESTING_STATES.entries()) {
    const place = new Map(order.entered[i]?.map((no, at) => [no, at]));
    const list = table.inState(state);
    const placeOf = ({ no }: EndpointRecord) => place.get(no) ?? Number.POSITIVE_INFINITY;
    list.sort(place.size === 0 ? byEntry : (a, b) => placeOf(a) - placeOf(b));
  }
  core.justClosed.clear();
  for (const [sk, no] of order.closed) {
    const endpoint = table.byId.at(no);
    if (endpoint !== undefined) core.justClosed.set(sk, endpoint);
  }
  const { count, nos } = order.teardowns;
  const newest = nos.map((no) => table.byId.at(no)).filter((each) => each !== undefined);
  recent.restore(count, newest.reverse());
}

/** Both have entered the state that they are in. */
function byEntry(a: EndpointRecord | undefined, b: EndpointRecord | undefined): number {
  return (a?.enteredAt ?? 0) - (b?.enteredAt ?? 0) || (a?.no ?? 0) - (b?.no ?? 0);
}
