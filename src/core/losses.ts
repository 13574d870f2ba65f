/** What a trace is known to have missed, in words. */

import type { Ledger } from "../event/recording.ts";
import { counted } from "./detectors/wording.ts";
import type { Finding } from "./finding.ts";

/**
 * A clause for each loss that the ledger or the trace itself names; none where nothing is missing.
 *
 * Endpoints that had ended when they were forgotten are no loss here: nothing is missing of those
 * that live. What else was forgotten, and each gap, stands in the finding `incomplete-trace`.
 */
export function lossesOf(ledger: Ledger, findings: readonly Finding[]): string[] {
  const { counted: sent, received, lost, skipped, unparsed, balanced } = ledger;
  const losses: string[] = [];
  if (lost > 0) losses.push(`${counted(lost, "record")} lost`);
  if (skipped > 0) losses.push(`${counted(skipped, "probe run")} skipped by the kernel`);
  if (unparsed > 0) losses.push(`${counted(unparsed, "record")} damaged`);
  if (!balanced || sent !== received + lost + unparsed) {
    losses.push(`the accounts do not balance (${sent} records sent, ${received} received)`);
  }
  const finding = findings.find(({ kind }) => kind === "incomplete-trace");
  if (losses.length === 0 && finding !== undefined) losses.push(finding.summary);
  return losses;
}
