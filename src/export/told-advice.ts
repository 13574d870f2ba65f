/** Says advice once: ten findings of one kind would bring the same three sentences ten times. */

import type { ReportFinding } from "./report.ts";

/** A finding, and the id of the one above it that came with the very same advice. */
export interface ToldFinding {
  readonly finding: ReportFinding;
  readonly adviceOf: string | null;
}

/** Go through findings in the order in which they are read. */
export function* tellAdviceOnce(findings: Iterable<ReportFinding>): Generator<ToldFinding> {
  const told = new Map<string, string>();
  for (const finding of findings) {
    const key = JSON.stringify(finding.advice);
    const adviceOf = finding.advice.length === 0 ? null : (told.get(key) ?? null);
    if (adviceOf === null) told.set(key, finding.id);
    yield { finding, adviceOf };
  }
}
