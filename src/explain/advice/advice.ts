/** The shape of a piece of advice, what it may depend on, and how a sysctl is advised. */

import type { StuckCause } from "../../core/owner-facts.ts";
import type { GapCause } from "../../event/gap.ts";
import { sysctlSentence } from "../sysctl-effect.ts";
import { shortSysctlName, shownSysctlValue, sysctlValue } from "../sysctl-value.ts";
import type { SysctlValues } from "../topic.ts";

/** One thing to do, or not to do. As it stands in a report, so without any text from the host. */
export type Advice = {
  readonly text: string;
  /** Full name of the sysctl that the text speaks of, if it is about changing one. */
  readonly sysctl?: string;
  /** Its value on the host, made fit to be shown; absent where it is not known. */
  readonly current?: string;
};

/** Why an endpoint was ended by a RST, as far as it is known. */
export type ResetCause =
  | "unread-data"
  | "linger"
  | "data-after-close"
  | "data-with-ack"
  | "not-accepted"
  | "memory"
  | "received";

/**
 * What a finding knows that changes the advice.
 *
 * All but the sysctls may be absent: then the advice names the ways to find out.
 */
export type AdviceFacts = {
  readonly sysctls: SysctlValues;
  /** The receive queue in CLOSE_WAIT, as in a report's endpoint. */
  readonly unread?: "drained" | "fin-unread" | "data-unread" | "not-accepted" | null;
  /** Why connections stay in CLOSE_WAIT, where the finding names a likely cause. */
  readonly stuckCause?: StuckCause;
  /** A read that returned 0 was observed. */
  readonly eofRead?: boolean;
  /** More than one process holds the descriptor. */
  readonly isShared?: boolean;
  /** No process holds the endpoints the finding speaks of. */
  readonly orphan?: boolean;
  readonly resetCause?: ResetCause;
  /** All go to this host itself, by 127.0.0.0/8 or ::1. */
  readonly isLoopback?: boolean;
  /** Which limit is near. */
  readonly limit?: "ports" | "tw-buckets" | "orphans" | "memory";
  /** The state that holds most of the ports in use. */
  readonly portsHeldBy?: "TIME_WAIT" | "FIN_WAIT2" | "CLOSE_WAIT" | "ESTABLISHED";
  /** What the ledger names, or why there is a hole that it has no number for. */
  readonly loss?: GapCause | "evicted";
};

/** The advice for one kind of finding, most useful first. */
export type Adviser = (facts: AdviceFacts) => readonly (Advice | undefined)[];

export function say(text: string): Advice {
  return { text };
}

/** The value of a sysctl as a number, where it is one. */
export function currentNumber(facts: AdviceFacts, name: string): number | undefined {
  const value = sysctlValue(facts.sysctls, name)?.trim();
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/**
 * Advise on a sysctl: what its value does now, what to do, what the change risks.
 *
 * Undefined where the host is known not to have it, because a knob that is not there is no advice.
 * With no values at all (a finding looked up without a host) only the general part is said.
 */
export function knob(
  facts: AdviceFacts,
  name: string,
  todo: string,
  danger: string,
): Advice | undefined {
  const value = sysctlValue(facts.sysctls, name);
  if (value === undefined && Object.keys(facts.sysctls).length > 0) return undefined;
  const change = `${todo} Danger: ${danger}`;
  if (value === undefined) return { text: `${shortSysctlName(name)}: ${change}`, sysctl: name };
  const current = shownSysctlValue(value);
  return { text: `${sysctlSentence(name, facts.sysctls)} ${change}`, sysctl: name, current };
}
