/** Between which ends a life was: addresses and ports of its row, and of the one in front of it. */

import { high, low } from "./life-mark.ts";
import type { ProbeMark, SocketTuple } from "./trace-event.ts";
import { hexPairToAddress } from "./wire-address.ts";
import { hex, readMark } from "./wire-fields.ts";

const ADDRESS_FIELDS = 9;
/** IPv4 inside IPv6, as lives.bt numbers it: the addresses fit in one field. */
const FAMILY_MAPPED = 12;
const FAMILY_IPV6 = 10;
/** The words of `::ffff:0:0/96` in front of the last, as a little-endian CPU reads them. */
const MAPPED_PREFIX = "ffff0000";

/** The addresses of an IPv6 socket, which stand in a row of their own in front of its life. */
export interface LifeAddresses extends ProbeMark {
  readonly sk: string;
  readonly began: string;
  readonly local: string;
  readonly remote: string;
}

/** Read a row `V`; null when it is damaged. */
export function readAddresses(f: readonly string[]): LifeAddresses | null {
  if (f.length !== ADDRESS_FIELDS || f.slice(1).some((each) => Number.isNaN(hex(each))))
    return null;
  const [, began, , , sk, local0, local1, remote0, remote1] = f as string[];
  return {
    ...readMark(f),
    sk: sk as string,
    began: began as string,
    local: hexPairToAddress("a", local0 as string, local1 as string),
    remote: hexPairToAddress("a", remote0 as string, remote1 as string),
  };
}

/** The ends in a row `P`; null for an IPv6 socket whose addresses have not come. */
export function lifeTuple(f: readonly string[], addresses?: LifeAddresses): SocketTuple | null {
  const family = low(f[8]) >>> 24;
  const places = { netns: high(f[9]), localPort: low(f[9]) >>> 16, remotePort: low(f[9]) & 0xffff };
  if (family === FAMILY_IPV6) {
    if (addresses === undefined || addresses.sk !== f[4] || addresses.began !== f[1]) return null;
    return { ...places, local: addresses.local, remote: addresses.remote };
  }
  const isMapped = family === FAMILY_MAPPED;
  const address = (word: string) =>
    isMapped
      ? hexPairToAddress("a", "0", MAPPED_PREFIX + word.padStart(8, "0"))
      : hexPairToAddress("2", "0", word);
  const [local, remote] = [f[10]?.slice(0, -8) || "0", f[10]?.slice(-8) as string];
  return { ...places, local: address(local), remote: address(remote) };
}
