/** `--history`, `--export-dir`: how much a screen can go back to, and where it writes. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { SIZE_UNITS } from "./shared-options.ts";

/** What the two commands with a screen share beside drawing. */
export interface HistoryOptions {
  /** Bytes, packed. */
  readonly history?: number;
  /** Where it is kept on disk; in memory when absent. */
  readonly historyDir?: string;
  readonly exportDir?: string;
}

const LEAST = 1024 ** 2;
const MOST = 64 * 1024 ** 3;

/** A size such as 64M or 1G, in bytes. */
function parseSize(text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)([KMG]?)$/i.exec(text) ?? [];
  const bytes = Math.round(Number(number) * (SIZE_UNITS.get(unit.toUpperCase()) ?? Number.NaN));
  if (number === "" || !(bytes >= LEAST && bytes <= MOST)) {
    throw new InvalidArgumentError("It must be a size from 1M to 64G, such as 64M.");
  }
  return bytes;
}

/** @param mayBeOnDisk false where the events are on disk already, in the recording */
export function addHistoryOptions(
  command: Command,
  { usual, mayBeOnDisk }: { readonly usual: string; readonly mayBeOnDisk: boolean },
): Command {
  const where = mayBeOnDisk ? "" : ", in memory";
  const text = `how much to go back to, packed${where} (default: ${usual})`;
  command.addOption(new Option("--history <size>", text).argParser(parseSize));
  if (mayBeOnDisk) command.option("--history-dir <dir>", "keep that in a file there");
  return command.option("--export-dir <dir>", "where the keys w and x write (default: here)");
}
