/** Keeps one text for each address of a kernel's socket, for all rows that tell of it. */

/** Remembered at a time; the kernel gives each address to many sockets in turn. */
const KEPT = 4096;

/** Addresses by themselves. A piece of a row, as the engine cuts it out, keeps all of the row. */
export class SocketTexts {
  readonly #known = new Map<string, string>();

  /** The address as a text that keeps nothing but itself. */
  own(address: string): string {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    if (this.#known.size >= KEPT) this.#known.clear();
    const copy = copied(address);
    this.#known.set(copy, copy);
    return copy;
  }
}

/** Letter by letter: cut out as a whole it would be a piece again. */
function copied(text: string): string {
  let copy = "";
  for (const letter of text) copy += letter;
  return copy;
}
