/** What an endpoint says of itself while it may change with each event. */

import type { TcpState } from "../event/tcp-state.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import type { Endpoint, Owner } from "./endpoint.ts";
import type { EndpointRecord } from "./endpoint-record.ts";
import type { PhaseKind } from "./phase-kind.ts";
import { copySequel, NO_SEQUEL, type Sequel } from "./sequel.ts";

/** An object of its own beside the endpoint's links: once little happens any more it is packed. */
export interface LiveFacts {
  direction: Endpoint["direction"];
  state: TcpState;
  readonly bornAt: Nanoseconds;
  touchedAt: Nanoseconds;
  ownedAt: Nanoseconds | undefined;
  inode: number | null;
  bytesSent: number | null;
  bytesReceived: number | null;
  lastDump: number;
  /** Smoothed round-trip time in the kernel's unit, microseconds. */
  srttUs: number | null;
  /** Halves of the socket's address, the text of one that has none; null without a socket. */
  upper: number | string | null;
  lower: number;
  /** Link of the table's chains by socket. */
  nextOfSocket: EndpointRecord | null;
  owned: Owner | null;
  /** The one descriptor through which the owner holds it; -1 where the sequel tells of holders. */
  fd: number;
  /** The phase that it is in and the one before, while it has had no more. */
  now: PhaseKind | null;
  first: PhaseKind | null;
  since: Nanoseconds;
  /** The shared one until a fact is other than at the beginning. */
  sequel: Sequel;
}

/** Those of one that has just come to be known. */
export function newFacts(state: TcpState, bornAt: Nanoseconds): LiveFacts {
  return {
    direction: null,
    state,
    bornAt,
    touchedAt: bornAt,
    ownedAt: undefined,
    inode: null,
    bytesSent: null,
    bytesReceived: null,
    lastDump: 0,
    srttUs: null,
    upper: null,
    lower: 0,
    nextOfSocket: null,
    owned: null,
    fd: -1,
    now: null,
    first: null,
    since: bornAt,
    sequel: NO_SEQUEL,
  };
}

/** The same to go their own way. */
export function copyFacts(facts: LiveFacts): LiveFacts {
  return { ...facts, sequel: copySequel(facts.sequel) };
}
