/** Compares four-tuples: the same end, the other end, and a key that both ends share. */

import type { SocketTuple } from "../event/trace-event.ts";
import { unmappedAddress } from "../event/tuple.ts";

/** Whether two tuples are one, namespace included. */
export function isSame(a: SocketTuple, b: SocketTuple): boolean {
  return (
    a.localPort === b.localPort &&
    a.remotePort === b.remotePort &&
    a.netns === b.netns &&
    a.local === b.local &&
    a.remote === b.remote
  );
}

/** Whether one is the other seen from the far end, in whatever namespace and address family. */
export function isReverse(a: SocketTuple, b: SocketTuple): boolean {
  return (
    a.localPort === b.remotePort &&
    a.remotePort === b.localPort &&
    unmappedAddress(a.local) === unmappedAddress(b.remote) &&
    unmappedAddress(a.remote) === unmappedAddress(b.local)
  );
}

/**
 * Equal for both ends of a connection, whatever their namespaces and address families.
 *
 * The end with the lower port comes first: ports differ nearly always and compare quickly.
 */
export function pairKey(tuple: SocketTuple): string {
  const here = unmappedAddress(tuple.local);
  const there = unmappedAddress(tuple.remote);
  const { localPort, remotePort } = tuple;
  const isFirst = localPort < remotePort || (localPort === remotePort && here < there);
  return isFirst
    ? `${localPort} ${remotePort} ${here} ${there}`
    : `${remotePort} ${localPort} ${there} ${here}`;
}
