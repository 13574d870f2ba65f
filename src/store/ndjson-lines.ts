/** The one place that knows the `ndjson` package: whole lines in, values and broken lines out. */

import ndjson from "ndjson";

/** Stands where a line was that is no JSON. */
export const BROKEN: unique symbol = Symbol("broken line");

const CR = 0x0d;
const ANY_LINE_END = /\r?\n/;

/** What split2 (under `ndjson`) keeps on its stream and reads at each chunk. */
interface Matched {
  matcher?: string | RegExp;
}

/**
 * Lines of JSON to values, in order, every broken line in its place.
 *
 * Strict mode, written to directly: through `.pipe()` the source stops at the first bad line, and
 * the lenient mode drops bad lines uncounted. The stream's `push` is taken over, because a row
 * `null` handed to a stream ends it, and because a call is quicker than an object stream.
 * The parser splits by a regular expression, which costs a tenth of the time; where a chunk holds
 * no CR, and only there, it is given the plain LF. Blank lines are no lines.
 */
export class NdjsonLines {
  readonly #parser = ndjson.parse({ strict: true });
  #values: unknown[] = [];

  constructor() {
    this.#parser.push = (value: unknown) => this.#values.push(value) > 0;
    this.#parser.on("error", () => this.#values.push(BROKEN));
  }

  /**
   * Parse whole lines, the last one ending in LF.
   *
   * Everything comes out before the call returns: with whole lines the parser keeps nothing back,
   * and it is a synchronous transform.
   */
  parse(lines: Buffer): unknown[] {
    (this.#parser as Matched).matcher = lines.includes(CR) ? ANY_LINE_END : "\n";
    this.#parser.write(lines);
    const values = this.#values;
    this.#values = [];
    return values;
  }
}
