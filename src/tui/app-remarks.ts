// Keeps the lines of trouble and what is to be said for a while.
import type { Doing } from "./app-health.ts";

/** How long a line stands in the status line; trouble is only repeated in the help then. */
const STANDS_MS = 15_000;
const MOST = 50;

/** What the status line says beside the keys. */
export class Remarks {
  readonly #own: string[] = [];
  #seen = 0;
  #until = 0;
  #notice: { readonly text: string; readonly isTrouble: boolean; readonly until: number } | null =
    null;

  /** Lines of trouble of its own. */
  get own(): readonly string[] {
    return this.#own;
  }

  /** Add lines of trouble; foreign text. */
  add(text: string): void {
    for (const line of text.split("\n")) if (line.trim() !== "") this.#own.push(line);
    if (this.#own.length > MOST) this.#own.splice(0, this.#own.length - MOST);
  }

  /** Say something for a while; foreign text. */
  say(text: string, isTrouble: boolean): void {
    this.#notice = { text, isTrouble, until: performance.now() + STANDS_MS };
  }

  /** What is said now. */
  get notice(): Doing["notice"] {
    if (this.#notice !== null && performance.now() > this.#notice.until) this.#notice = null;
    return this.#notice;
  }

  /** The newest of all lines of trouble, while it is new. */
  newestOf(all: readonly string[]): string | null {
    const now = performance.now();
    if (all.length !== this.#seen) this.#until = now + STANDS_MS;
    this.#seen = all.length;
    return now < this.#until ? (all.at(-1) ?? null) : null;
  }
}
