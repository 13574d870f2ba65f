/** Finds the other end of a connection where both are on this host. */

import type { EndpointRecord } from "./endpoint-record.ts";
import type { EndpointTable } from "./endpoint-table.ts";

/** States in which an endpoint that has just become known can meet its other end. */
const MEETING_STATES = new Set([
  "SYN_SENT",
  "SYN_RECV",
  "ESTABLISHED",
  "FIN_WAIT1",
  "FIN_WAIT2",
  "CLOSE_WAIT",
  "CLOSING",
  "LAST_ACK",
  "TIME_WAIT",
]);

/**
 * Pair an endpoint with its other end, if that is certain.
 *
 * Certain is: one living, unpaired endpoint has the reversed tuple in the same namespace
 * (loopback), or, where none has, exactly one in all other namespaces (veth, containers). Two
 * candidates (two containers with equal addresses) stay apart and both say so. Paired ends
 * are never paired anew, so a tuple that is reused within seconds finds only its own partner; a
 * connection that was seen to begin has nothing to do with the TIME_WAIT that its SYN ends.
 */
export function pair(table: EndpointTable, endpoint: EndpointRecord): void {
  if (endpoint.peer !== null) return;
  const free = table
    .candidates(endpoint)
    .filter((other) => other.peer === null && canMeet(endpoint, other));
  const local = free.filter((other) => other.netns === endpoint.netns);
  const choice = local.length > 0 ? local : free;
  if (choice.length === 1) {
    const other = choice[0] as EndpointRecord;
    endpoint.peer = other;
    other.peer = endpoint;
    endpoint.hasDoubtfulPeer = false;
    other.hasDoubtfulPeer = false;
    return;
  }
  if (choice.length > 1) {
    endpoint.hasDoubtfulPeer = true;
    for (const other of choice) other.hasDoubtfulPeer = true;
  }
}

function canMeet(endpoint: EndpointRecord, other: EndpointRecord): boolean {
  if (other.state === "TIME_WAIT" && endpoint.direction !== null) return false;
  return MEETING_STATES.has(other.state);
}
