/** What to do about a finding: the application first, then a sysctl, never folklore. */
import type { Advice, AdviceFacts, Adviser } from "./advice/advice.ts";
import { pressureAdvisers } from "./advice/pressure.ts";
import { stuckAdvisers } from "./advice/stuck.ts";

const advisers: Readonly<Record<string, Adviser>> = { ...stuckAdvisers, ...pressureAdvisers };

/**
 * The advice for a finding of `kind`, in the form of a report's `advice`.
 *
 * The first item is a change in the application or at the peer. A sysctl comes with its current
 * value, what that truly does, and the danger of changing it, and only if it does something about
 * this kind on this host. Removed or harmful means are named as such, without `sysctl`, so that no
 * tool takes them for something to set. An unknown kind has no advice.
 */
export function adviceFor(kind: string, facts: AdviceFacts): readonly Advice[] {
  const adviser = Object.hasOwn(advisers, kind) ? advisers[kind] : undefined;
  return (adviser?.(facts) ?? []).filter((advice) => advice !== undefined);
}
