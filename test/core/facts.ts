/** Everything that an endpoint says, as a plain object: not all of it stands in fields of its own. */
import type { Endpoint } from "../../src/core/endpoint.ts";

/** A field that is added to an endpoint does not compile until it stands here. */
const NAMES: Readonly<Record<keyof Endpoint, true>> = {
  id: true,
  tuple: true,
  pairKey: true,
  sk: true,
  hasSocket: true,
  direction: true,
  state: true,
  isMini: true,
  bornAt: true,
  enteredAt: true,
  endedAt: true,
  teardownAt: true,
  expiresAt: true,
  role: true,
  trigger: true,
  verdict: true,
  orphan: true,
  owner: true,
  ownedAt: true,
  holders: true,
  openedBy: true,
  usedBy: true,
  unread: true,
  unreadBytes: true,
  eofRead: true,
  lastReadAt: true,
  lastReceivedAt: true,
  lastSentAt: true,
  inode: true,
  phases: true,
  waves: true,
  lostWave: true,
  resends: true,
  rttMs: true,
  bytesSent: true,
  bytesReceived: true,
  peer: true,
  hasDoubtfulPeer: true,
  isComplete: true,
  reset: true,
  touchedAt: true,
  lastDump: true,
  teardownNo: true,
  previousInState: true,
  nextInState: true,
  note: true,
  ports: true,
  finHasRoom: true,
  finHold: true,
  flow: true,
};

/** The facts of an endpoint; what is unknown is left out. */
export function factsOf(endpoint: Endpoint): Record<string, unknown> {
  const facts: Record<string, unknown> = {};
  for (const name of Object.keys(NAMES) as (keyof Endpoint)[]) {
    const fact = endpoint[name];
    if (fact !== undefined) facts[name] = fact;
  }
  return facts;
}
