/** What redaction makes of a keyed hash: numbers, texts, and permutations of small ranges. */

/**
 * A keyed hash of a text as hex, 32 digits or more.
 *
 * The shell makes it, with a key that is drawn at random and kept nowhere: an HMAC-SHA256, say.
 * Equal texts give equal hashes, and nobody without the key can tell or try which text it was.
 */
export type KeyedHash = (text: string) => string;

const ROUNDS = 8;
const DIGITS_32 = 8;

/** The first `bits` bits of a hash, at most 64. */
export function hashBits(hash: KeyedHash, text: string, bits: number): bigint {
  return BigInt(`0x${hash(text).slice(0, 16)}`) >> BigInt(64 - bits);
}

/**
 * Replace a number of `bits` bits by another, no two by the same.
 *
 * A Feistel network over the hash. Hashing alone would let two of 256 hosts fall on one.
 *
 * @param bits even, 2 to 32
 * @param tweak another permutation for each
 */
export function permute(hash: KeyedHash, tweak: string, value: number, bits: number): number {
  const half = bits / 2;
  const mask = 2 ** half - 1;
  let left = Math.floor(value / 2 ** half) & mask;
  let right = value & mask;
  for (let round = 0; round < ROUNDS; round++) {
    const mixed = Number.parseInt(hash(`${tweak} ${round} ${right}`).slice(0, DIGITS_32), 16);
    [left, right] = [right, (left ^ mixed) & mask];
  }
  return left * 2 ** half + right;
}
