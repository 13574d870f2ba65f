/** One text for each address, however many endpoints have it: those of a recording come apart. */

/** Addresses that are remembered whatever the number of endpoints. */
const FEW = 64;
/** Of a host that talks to more at a time each has few connections. */
const MANY = 65_536;

/**
 * Texts by themselves.
 *
 * It forgets all of them when it knows more than two for each endpoint that is kept, or very
 * many: an address that nobody has any more does not stay, and nobody has to count who has it.
 */
export class AddressBook {
  readonly #texts = new Map<string, string>();

  get size(): number {
    return this.#texts.size;
  }

  /** The text of an address that was seen first, for a table that keeps so many endpoints. */
  get(address: string, kept: number): string {
    const known = this.#texts.get(address);
    if (known !== undefined) return known;
    if (this.#texts.size >= Math.min(MANY, FEW + 2 * kept)) this.#texts.clear();
    this.#texts.set(address, address);
    return address;
  }
}
