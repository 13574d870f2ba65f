/** What a screen can write: a part of its store as a recording, and itself as text. */

import { createHmac, randomBytes } from "node:crypto";
import { Redactor } from "../event/redact.ts";
import { redactAddress } from "../event/redact-address.ts";
import { writeNamed } from "./export-name.ts";
import { exportRange, type RangeRequest, type RangeSource } from "./export-range.ts";
import { saveText } from "./save-text.ts";

/** The writing functions of one screen; made-up addresses are the same on it and in its files. */
export class ScreenExports {
  readonly #source: RangeSource;
  readonly #directory: string;
  readonly #key = randomBytes(32);
  readonly #hash = (text: string) => createHmac("sha256", this.#key).update(text).digest("hex");

  /** @param directory where the files go */
  constructor(source: RangeSource, directory: string) {
    this.#source = source;
    this.#directory = directory;
  }

  /** What stands for an address; null for a text that is none. */
  readonly maskAddress = (text: string): string | null => redactAddress(this.#hash, text);

  /**
   * Write a part of the store; masked, names and addresses are replaced in it as by `--redact`.
   *
   * @returns what was written, in words
   * @throws OperatorError 1
   */
  readonly exportRange = async (
    request: RangeRequest & { readonly isMasked: boolean },
  ): Promise<string> => {
    const { finding, endpoint, isMasked, toNs } = request;
    const kind = finding?.kind ?? (endpoint === undefined ? "window" : "teardown");
    const { startedAt } = this.#source.header;
    let said = "";
    const path = await writeNamed(
      this.#directory,
      { startedAt, t: toNs, kind, ending: "ndjson" },
      async (to) => {
        const redactor = isMasked ? { redactor: new Redactor(this.#hash) } : {};
        const { events, endpoints } = await exportRange(this.#source, to, {
          ...request,
          ...redactor,
        });
        const ends = endpoints === 1 ? "1 endpoint" : `${endpoints} endpoints`;
        said = `${events} events of ${ends}${isMasked ? ", redacted" : ""}`;
      },
    );
    return `written: ${path}, ${said}`;
  };

  /** Write a text. @returns what was written, in words @throws OperatorError 1 */
  readonly exportText = async (text: string, t: number): Promise<string> => {
    const { startedAt } = this.#source.header;
    const name = { startedAt, t, kind: "screen", ending: "txt" };
    const path = await writeNamed(this.#directory, name, (to) => saveText(to, [text], false));
    return `written: ${path}`;
  };
}
