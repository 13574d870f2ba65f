/** Writes the doctor's checks for people. */

import { safeText } from "../event/safe-text.ts";
import type { Check } from "./check.ts";

/**
 * One line per check, with what it means and the next step below where something is wrong.
 *
 * Foreign text in the checks is made safe. The last line sums up. Ends with a newline.
 */
export function renderDoctor(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length), 0);
  const lines = checks.flatMap((check) => {
    const indent = " ".repeat("degraded".length + 2);
    const head = `${check.status.padEnd(8)}  ${check.name.padEnd(width)}  ${safeText(check.what)}`;
    if (check.status === "ok") return [head];
    return [
      head,
      `${indent}means: ${safeText(check.consequence)}`,
      `${indent}next:  ${safeText(check.next)}`,
    ];
  });
  return `${[...lines, "", summary(checks)].join("\n")}\n`;
}

function summary(checks: readonly Check[]): string {
  const count = (status: Check["status"]) => checks.filter((c) => c.status === status).length;
  if (count("failed") > 0) return "This host cannot trace.";
  const missing = count("missing");
  const degraded = count("degraded");
  if (missing + degraded === 0) return "This host can trace everything.";
  return `This host can trace; ${missing} missing, ${degraded} degraded.`;
}
