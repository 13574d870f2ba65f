// Says how grave something is: by a sign, a letter and a colour.
import type { Finding, Severity } from "../../core/finding.ts";
import type { Span } from "../painter.ts";
import type { Role, Theme } from "../theme.ts";

const ROLES: Readonly<Record<Severity, Role>> = {
  critical: "critical",
  warning: "warn",
  info: "accent",
};
const LETTERS: Readonly<Record<Severity, string>> = { critical: "C", warning: "W", info: "I" };
const ORDER: readonly Severity[] = ["critical", "warning", "info"];

/** The colour of a severity. */
export function severityRole(severity: Severity): Role {
  return ROLES[severity];
}

/** Two columns: a sign and a letter; of a finding that is over the letter alone. */
export function severitySpan(theme: Theme, severity: Severity, isOver = false): Span {
  const letter = LETTERS[severity];
  if (isOver) return { text: ` ${letter}`, paint: "muted" };
  const sign = severity === "info" ? " " : theme.sign(ROLES[severity]);
  return { text: sign + letter, paint: ROLES[severity] };
}

/** What holds before what is over, grave before slight, then the newest first. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const rank = ({ until, severity }: Finding) =>
    (until === null ? 0 : ORDER.length) + ORDER.indexOf(severity);
  return findings.toSorted(
    (a, b) => rank(a) - rank(b) || b.since - a.since || (a.id < b.id ? 1 : -1),
  );
}

/** The gravest of several, or null. */
export function gravest(findings: readonly Finding[]): Severity | null {
  return ORDER.find((each) => findings.some(({ severity }) => severity === each)) ?? null;
}
