/** Replaces addresses by made-up ones of the same kind and with the same neighbours. */

import { hashBits, type KeyedHash, permute } from "./keyed-hash.ts";
import { formatGroups } from "./wire-address.ts";

/** A block of IPv4 addresses that is something else than the public internet: base and length. */
type Block = readonly [base: number, bits: number];

/** RFC 6890 and its successors, as far as a connection can have such an address. */
const BLOCKS: readonly Block[] = [
  [0x00_00_00_00, 8],
  [0x0a_00_00_00, 8],
  [0x64_40_00_00, 10],
  [0x7f_00_00_00, 8],
  [0xa9_fe_00_00, 16],
  [0xac_10_00_00, 12],
  [0xc0_a8_00_00, 16],
  [0xe0_00_00_00, 4],
  [0xf0_00_00_00, 4],
];
const LOOPBACK = 127;
const DOTTED = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const V4_MAPPED = "::ffff:";
const GROUP = /^[0-9a-f]{1,4}$/i;
/** Of the 64 bits in front: how many tell the kind of an IPv6 address, by its first group. */
const GLOBAL_BITS = 3;
const UNIQUE_LOCAL_BITS = 8;
const LINK_LOCAL_BITS = 10;
const OTHER_BITS = 16;

/**
 * Replace an address, or return null for a text that is none.
 *
 * Kept: the family, loopback and wildcards as they are, which private or public range it is from,
 * and the /24 (IPv4) or /64 (IPv6): two addresses share one afterwards if they did before. A
 * v4-mapped address maps the IPv4 address that the same address without its prefix becomes. Made
 * up is all else, so that a public address becomes another public one, of anybody or nobody.
 * Different IPv4 addresses stay different; of two IPv6 networks the chance to fall together is
 * 2^-48 at most. A zone (`%eth0`) is left out.
 */
export function redactAddress(hash: KeyedHash, address: string): string | null {
  if (address === "*") return address;
  const plain = address.split("%", 1)[0] ?? "";
  if (plain.startsWith(V4_MAPPED) && plain.includes(".")) {
    const inner = redactV4(hash, plain.slice(V4_MAPPED.length));
    return inner === null ? null : V4_MAPPED + inner;
  }
  return plain.includes(":") ? redactV6(hash, plain) : redactV4(hash, plain);
}

function redactV4(hash: KeyedHash, text: string): string | null {
  const bytes = DOTTED.exec(text)?.slice(1).map(Number) ?? [];
  if (bytes.length !== 4 || bytes.some((byte) => byte > 255)) return null;
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  if (a === LOOPBACK || (a | b | c | d) === 0) return text;
  const prefix = a * 65_536 + b * 256 + c;
  const made = redactPrefix(hash, prefix);
  const host = permute(hash, `host ${prefix}`, d, 8);
  return `${made >>> 16}.${(made >>> 8) & 255}.${made & 255}.${host}`;
}

/** Walks on from what is not public: a permutation of all prefixes is one of the public ones then. */
function redactPrefix(hash: KeyedHash, prefix: number): number {
  const block = blockOf(prefix);
  if (block !== undefined) {
    const [base, bits] = block;
    const free = 24 - bits;
    const inside = permute(hash, `block ${base}`, prefix & (2 ** free - 1), free);
    return base / 256 + inside;
  }
  let made = prefix;
  do made = permute(hash, "public", made, 24);
  while (blockOf(made) !== undefined);
  return made;
}

function blockOf(prefix: number): Block | undefined {
  return BLOCKS.find(([base, bits]) => prefix >>> (24 - bits) === base / 2 ** (32 - bits));
}

function redactV6(hash: KeyedHash, text: string): string | null {
  const groups = groupsOf(text);
  if (groups === null) return null;
  const front = groups.slice(0, 4);
  const back = groups.slice(4);
  if (front.every((group) => group === 0) && wordOf(back) <= 1n) return formatGroups(groups);
  const network = wordOf(front).toString(16);
  const host = hashBits(hash, `host6 ${network} ${wordOf(back).toString(16)}`, 64);
  return formatGroups([...redactNetwork(hash, front, network), ...groupsIn(host)]);
}

/** `fe80::/64` is everybody's link, and says nothing. */
function redactNetwork(
  hash: KeyedHash,
  front: readonly number[],
  network: string,
): readonly number[] {
  const [first = 0] = front;
  if (first === 0xfe80 && front.every((group, i) => i === 0 || group === 0)) return front;
  const free = 64 - kindBits(first);
  const kind = (wordOf(front) >> BigInt(free)) << BigInt(free);
  return groupsIn(kind | hashBits(hash, `network6 ${network}`, free));
}

function kindBits(first: number): number {
  if (first >> 13 === 1) return GLOBAL_BITS;
  if (first >> 9 === 0x7e) return UNIQUE_LOCAL_BITS;
  return first >> 6 === 0x3fa ? LINK_LOCAL_BITS : OTHER_BITS;
}

/** The eight groups of an IPv6 address, of which the last two may be written as IPv4. */
function groupsOf(text: string): number[] | null {
  const dotted = text.slice(text.lastIndexOf(":") + 1);
  const bytes = DOTTED.exec(dotted)?.slice(1).map(Number);
  if (bytes?.some((byte) => byte > 255)) return null;
  const [a = 0, b = 0, c = 0, d = 0] = bytes ?? [];
  const tail = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  const whole = bytes === undefined ? text : text.slice(0, -dotted.length) + tail;
  const halves = whole.split("::");
  const [head = "", rest] = halves;
  const before = head === "" ? [] : head.split(":");
  const after = rest === undefined || rest === "" ? [] : rest.split(":");
  const zeros = 8 - before.length - after.length;
  if (halves.length > 2 || (rest === undefined ? zeros !== 0 : zeros < 1)) return null;
  if (![...before, ...after].every((group) => GROUP.test(group))) return null;
  const groups = [...before, ...new Array<string>(zeros).fill("0"), ...after];
  return groups.map((group) => Number.parseInt(group, 16));
}

function wordOf(groups: readonly number[]): bigint {
  return groups.reduce((word, group) => (word << 16n) | BigInt(group), 0n);
}

function groupsIn(word: bigint): number[] {
  return [48n, 32n, 16n, 0n].map((shift) => Number((word >> shift) & 0xffffn));
}
