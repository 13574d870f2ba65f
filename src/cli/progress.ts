/** A progress line on a terminal, for work that takes longer than a second. */

const FIRST_AFTER_MS = 1000;
const EVERY_MS = 250;

/** Counts events, or what else is named, and shows them on stderr when that is a terminal; silent otherwise. */
export class Progress {
  readonly #what: string;
  readonly #unit: string;
  readonly #startedAt = Date.now();
  readonly #isShown: boolean;
  #nextAt = this.#startedAt + FIRST_AFTER_MS;
  #count = 0;
  #hasShown = false;

  constructor(what: string, isQuiet = false, unit = "events") {
    this.#what = what;
    this.#unit = unit;
    this.#isShown = process.stderr.isTTY === true && !isQuiet;
  }

  add(count: number): void {
    this.#count += count;
    const now = Date.now();
    if (!this.#isShown || now < this.#nextAt) return;
    this.#nextAt = now + EVERY_MS;
    this.#hasShown = true;
    const rate = Math.round(this.#count / ((now - this.#startedAt) / 1000));
    process.stderr.write(
      `\r${this.#what}: ${this.#count.toLocaleString("en")} ${this.#unit}, ${rate.toLocaleString("en")}/s\x1b[K`,
    );
  }

  /** Take the line away. */
  done(): void {
    if (this.#hasShown) process.stderr.write("\r\x1b[K");
  }
}

/** The pieces as they come, each counted by its length; the line is gone before the last is taken. */
export function* counted(pieces: Iterable<string>, progress: Progress): Generator<string> {
  for (const piece of pieces) {
    yield piece;
    progress.add(piece.length);
  }
  progress.done();
}
