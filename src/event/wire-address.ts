/** Addresses as the probes print them, to canonical text. */

const cache = new Map<string, string>();
const CACHE_LIMIT = 65_536;

/**
 * Text of an address that the kernel holds in network order and a little-endian CPU printed.
 *
 * @param family `2` for IPv4 (the address stands in `low`), `a` for IPv6; any other with text
 *   in `low` is an address that bpftrace's ntop() already wrote.
 */
export function hexPairToAddress(family: string, high: string, low: string): string {
  if (low.includes(".") || low.includes(":")) return fromNtop(family, low);
  const key = family === "2" ? low : `${high}.${low}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const text = family === "2" ? ipv4(Number.parseInt(low, 16)) : ipv6(high, low);
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(key, text);
  return text;
}

/**
 * ntop() of a tracepoint's `saddr_v6`, which holds IPv4 addresses mapped into IPv6. A tracepoint
 * without the family (`tcp_retransmit_skb` before 5.15) leaves open which: IPv4 is far likelier.
 */
function fromNtop(family: string, text: string): string {
  return family !== "a" && text.startsWith("::ffff:") ? text.slice(7) : text;
}

function ipv4(word: number): string {
  return `${word & 255}.${(word >>> 8) & 255}.${(word >>> 16) & 255}.${word >>> 24}`;
}

function ipv6(high: string, low: string): string {
  const words = [...wordsOf(high), ...wordsOf(low)];
  const groups: number[] = [];
  for (const word of words) {
    groups.push(((word & 255) << 8) | ((word >>> 8) & 255));
    groups.push((((word >>> 16) & 255) << 8) | (word >>> 24));
  }
  if (groups.slice(0, 5).every((g) => g === 0) && groups[5] === 0xffff) {
    return `::ffff:${ipv4(words[3] as number)}`;
  }
  return formatGroups(groups);
}

/** The two 32-bit words of a 64-bit hex number, the higher first. */
function wordsOf(hex: string): [number, number] {
  const high = hex.length > 8 ? Number.parseInt(hex.slice(0, -8), 16) : 0;
  return [high, Number.parseInt(hex.slice(-8), 16)];
}

/**
 * Write the eight groups of an IPv6 address.
 *
 * RFC 5952: the longest run of two or more zero groups, the first of equals, becomes `::`.
 */
export function formatGroups(groups: readonly number[]): string {
  let best = { at: -1, length: 1 };
  for (let i = 0; i < 8; ) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > best.length) best = { at: i, length: end - i };
    i = end + 1;
  }
  const text = (part: readonly number[]) => part.map((g) => g.toString(16)).join(":");
  if (best.at < 0) return text(groups);
  return `${text(groups.slice(0, best.at))}::${text(groups.slice(best.at + best.length))}`;
}
