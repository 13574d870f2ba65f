/** Keys and text for four-tuples. */

import type { SocketTuple } from "./trace-event.ts";

/** A key that is equal for equal tuples in one namespace. */
export function tupleKey(tuple: SocketTuple): string {
  return `${tuple.netns} ${tuple.local} ${tuple.localPort} ${tuple.remote} ${tuple.remotePort}`;
}

/** Both ports in one integer of 32 bits: the local one is `>>> 16` of it, the remote `& 0xffff`. */
export function portPair(localPort: number, remotePort: number): number {
  return (localPort << 16) | remotePort;
}

const V4_MAPPED = "::ffff:";
const COLON = 58;

/** The IPv4 address inside a v4-mapped IPv6 address, any other address as it is. */
export function unmappedAddress(address: string): string {
  // Nearly every address fails at its first character; this is asked for each event.
  if (address.charCodeAt(0) !== COLON) return address;
  return address.startsWith(V4_MAPPED) && address.includes(".")
    ? address.slice(V4_MAPPED.length)
    : address;
}

/** `address:port`, an IPv6 address in brackets, as `ss` and RFC 3986 write it. */
export function formatEndpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
