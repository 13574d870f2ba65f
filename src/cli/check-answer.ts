/** How `lastack check` answers what it cannot judge. */

import { CommanderError } from "commander";
import { unknownLine } from "../export/health-line.ts";

/** The exit code of an answer that cannot be given. */
export const UNKNOWN = 3;

/**
 * Answer an error of `check` as monitoring expects it: a line on stdout, beside the one on stderr.
 *
 * @returns the exit code UNKNOWN: 1 and 2, the codes of other commands' failures, are answers here
 */
export function answerUnknown(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  const [line = ""] = message.replace(/^error: /, "").split("\n");
  process.stdout.write(unknownLine(error instanceof CommanderError ? `usage: ${line}` : line));
  return UNKNOWN;
}
