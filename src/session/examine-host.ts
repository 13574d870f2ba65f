/** Examines the host for `doctor`: looks at everything, and attaches the probes once as a trial. */

import {
  BpftraceError,
  bpftraceVersion,
  findBpftrace,
  startBpftrace,
} from "../bpftrace-runner/index.ts";
import type { Check } from "../host/check.ts";
import { diagnose } from "../host/doctor.ts";
import type { BpftraceFacts, TrialFacts } from "../host/doctor-tools.ts";
import { type KernelFacts, readKernelFacts } from "../host/kernel-facts.ts";
import { readPidNamespace } from "../host/pid-namespace.ts";
import { findTool } from "../host/trusted-tool.ts";
import { chooseProbes } from "./probe-choice.ts";
import { programParameters, readProgram } from "./probe-program.ts";

export { canTrace } from "../host/doctor.ts";
export { renderDoctor } from "../host/render-doctor.ts";

/** Every check of this host. Never throws for what the host lacks. */
export async function examineHost(): Promise<Check[]> {
  const [facts, pidNamespace, bpftrace, ss, nsenter] = await Promise.all([
    readKernelFacts(),
    readPidNamespace(),
    examineBpftrace(),
    findTool("ss"),
    findTool("nsenter"),
  ]);
  const trial = await tryProbes(facts, bpftrace);
  return diagnose({ facts, pidNamespace, bpftrace, trial, ss, nsenter });
}

async function examineBpftrace(): Promise<BpftraceFacts> {
  const search = findBpftrace();
  if (!search.found) return { refusal: search.detail };
  try {
    return { path: search.path, version: (await bpftraceVersion(search.path)).text };
  } catch (error) {
    return { refusal: error instanceof Error ? error.message : String(error) };
  }
}

/** Attach all chosen probes for a moment; null where that cannot succeed for known reasons. */
async function tryProbes(facts: KernelFacts, bpftrace: BpftraceFacts): Promise<TrialFacts | null> {
  const choice = chooseProbes(facts);
  if (!facts.isRoot || choice === null || !("path" in bpftrace)) return null;
  const startedAt = performance.now();
  try {
    const program = await readProgram(choice);
    const run = await startBpftrace({ program, parameters: programParameters(null, []) });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    await run.stop();
    return {
      isAttached: true,
      detail: `${choice.fragments.length} probe files attached in ${seconds} s`,
    };
  } catch (error) {
    if (!(error instanceof BpftraceError)) throw error;
    return { isAttached: false, detail: error.message };
  }
}
