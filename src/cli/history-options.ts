/** `--history`, `--export-dir`: how much a screen can go back to, and where it writes. */

import { type Command, InvalidArgumentError, Option } from "commander";

/** What the two commands with a screen share beside drawing. */
export interface HistoryOptions {
  /** Bytes, packed. */
  readonly history?: number;
  readonly exportDir?: string;
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["K", 1024],
  ["M", 1024 ** 2],
  ["G", 1024 ** 3],
]);
const LEAST = 1024 ** 2;
const MOST = 64 * 1024 ** 3;

/** A size such as 64M or 1G, in bytes. */
export function parseSize(text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)([KMG]?)$/i.exec(text) ?? [];
  const bytes = Math.round(Number(number) * (UNITS.get(unit.toUpperCase()) ?? Number.NaN));
  if (number === "" || !(bytes >= LEAST && bytes <= MOST)) {
    throw new InvalidArgumentError("It must be a size from 1M to 64G, such as 64M.");
  }
  return bytes;
}

export function addHistoryOptions(command: Command, usual: string): Command {
  return command
    .addOption(
      new Option(
        "--history <size>",
        `memory for going back in time, packed (default: ${usual})`,
      ).argParser(parseSize),
    )
    .option("--export-dir <dir>", "where the keys w and x write (default: here)");
}
