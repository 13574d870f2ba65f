/** A set of endpoints' ids: a finding about TIME_WAIT speaks of hundreds of thousands. */

/** An id is `e` and a number, which is given once. */
const PREFIX = "e";
/** Of a bitwise operation. */
const BITS = 32;

/**
 * A bit for each number, in words by number: of neighbours one takes a byte at most, of one that
 * stands alone some 30. As text in a `Set` each takes 44.
 */
export class IdSet implements Iterable<string> {
  readonly #words = new Map<number, number>();
  #size = 0;

  /** @param ids the first, each as `EndpointRecord.id` gives it */
  constructor(ids: Iterable<string> = []) {
    this.addAll(ids);
  }

  get size(): number {
    return this.#size;
  }

  /** @param no number of an endpoint, from 0 up to 2^53 */
  add(no: number): void {
    this.#merge(Math.floor(no / BITS), 1 << (no % BITS));
  }

  /** Of another set no text is made. */
  addAll(ids: Iterable<string>): void {
    if (ids instanceof IdSet) for (const [at, bits] of ids.#words) this.#merge(at, bits);
    else for (const id of ids) this.add(numberOf(id));
  }

  /** Take out all that `isKept` does not want. */
  filter(isKept: (id: string) => boolean): void {
    for (const [at, bits] of this.#words) {
      const kept = bitsOf(bits).filter((bit) => isKept(idOf(at, bit)));
      this.#size += kept.length - countOf(bits);
      if (kept.length === 0) this.#words.delete(at);
      else
        this.#words.set(
          at,
          kept.reduce((sum, bit) => sum | (1 << bit), 0),
        );
    }
  }

  copy(): IdSet {
    return new IdSet(this);
  }

  /** Those that were added near each other one after the other, by number. */
  *[Symbol.iterator](): Iterator<string> {
    for (const [at, bits] of this.#words) for (const bit of bitsOf(bits)) yield idOf(at, bit);
  }

  #merge(at: number, bits: number): void {
    const known = this.#words.get(at) ?? 0;
    const merged = known | bits;
    if (merged === known) return;
    this.#words.set(at, merged);
    this.#size += countOf(merged) - countOf(known);
  }
}

/** The number of an id. */
export function numberOf(id: string): number {
  return Number(id.slice(PREFIX.length));
}

function idOf(at: number, bit: number): string {
  return `${PREFIX}${at * BITS + bit}`;
}

function bitsOf(bits: number): number[] {
  const set: number[] = [];
  for (let bit = 0; bit < BITS; bit++) if ((bits >>> bit) & 1) set.push(bit);
  return set;
}

/** How many bits are set: pairs, fours, then all bytes by one multiplication. */
function countOf(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
