// Remembers what was typed into a prompt, for Up and Down.

const MOST = 100;

/** The entries of one prompt in this run, each once, the newest last. */
export class PromptHistory {
  #entries: string[] = [];
  #back = 0;
  #draft = "";

  /** A prompt has been opened with this text. */
  begin(text: string): void {
    this.#back = 0;
    this.#draft = text;
  }

  add(text: string): void {
    this.#entries = [...this.#entries.filter((each) => each !== text), text].slice(-MOST);
  }

  /**
   * Go back by one entry, or forward by one, at last to what was being typed.
   *
   * @returns null where there is nothing further
   */
  go(by: 1 | -1, typed: string): string | null {
    if (this.#back === 0) this.#draft = typed;
    const back = this.#back + by;
    if (back < 0 || back > this.#entries.length) return null;
    this.#back = back;
    return back === 0 ? this.#draft : (this.#entries.at(-back) ?? null);
  }
}
