/** Judges from collected facts what this host can trace, and what each thing missing leaves unseen. */

import type { Check } from "./check.ts";
import { checkBtf, checkHooks, checkTickRate, checkTracefs } from "./doctor-hooks.ts";
import {
  checkContainer,
  checkDescriptors,
  checkLockdown,
  checkPidNamespace,
  checkRights,
} from "./doctor-rights.ts";
import {
  type BpftraceFacts,
  checkBpftrace,
  checkMemory,
  checkNamespaces,
  checkSs,
  checkTrial,
  type TrialFacts,
} from "./doctor-tools.ts";
import type { KernelFacts } from "./kernel-facts.ts";
import type { PidNamespaceVerdict } from "./pid-namespace.ts";

/** Everything that the judgement goes by. */
export interface DoctorInput {
  readonly facts: KernelFacts;
  readonly pidNamespace: PidNamespaceVerdict;
  readonly bpftrace: BpftraceFacts;
  /** Whether the probes attached when tried; null when that was not tried. */
  readonly trial: TrialFacts | null;
  /** Paths of trustworthy tools, null where there is none. */
  readonly ss: string | null;
  readonly nsenter: string | null;
}

/** Judge everything, the conditions of tracing at all first. */
export function diagnose(input: DoctorInput): Check[] {
  const { facts } = input;
  const checks = [
    checkRights(facts),
    checkContainer(facts),
    checkLockdown(facts),
    checkBpftrace(input.bpftrace),
    checkMemory(facts),
    checkTracefs(facts),
    checkBtf(facts),
    ...(facts.isTracefsReadable ? checkHooks(facts) : []),
    checkTickRate(facts),
    checkTrial(input.trial),
    checkSs(input.ss),
    checkNamespaces(facts, input.nsenter),
    checkDescriptors(facts),
    checkPidNamespace(input.pidNamespace),
  ];
  return checks.filter((check) => check !== null);
}

/** Whether the checks leave anything to trace with. */
export function canTrace(checks: readonly Check[]): boolean {
  return checks.every((check) => check.status !== "failed");
}
