/** Judges from collected facts what this host can trace, and what each thing missing leaves unseen. */

import { checkHooks } from "./doctor-hooks.ts";
import type { KernelFacts } from "./kernel-facts.ts";
import type { PidNamespaceVerdict } from "./pid-namespace.ts";

/**
 * How bad it is: `ok` · `degraded` works, but less exactly · `missing` something stays unseen ·
 * `failed` nothing can be traced.
 */
export type CheckStatus = "ok" | "degraded" | "missing" | "failed";

/** One thing looked at. */
export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  /** What was found. May quote foreign text: make it safe before it is shown. */
  readonly what: string;
  /** What that means for the trace; empty when `ok`. */
  readonly consequence: string;
  /** What to do about it; empty when `ok`. */
  readonly next: string;
}

/** Everything that the judgement goes by. */
export interface DoctorInput {
  readonly facts: KernelFacts;
  readonly pidNamespace: PidNamespaceVerdict;
  /** The bpftrace that would run, or why none can. */
  readonly bpftrace:
    | { readonly path: string; readonly version: string }
    | { readonly refusal: string };
  /** Whether a trial attach of the probes worked; null when it was not tried. */
  readonly attach: { readonly isAttached: boolean; readonly detail: string } | null;
  readonly ss: string | null;
  readonly nsenter: string | null;
}

/** Make a check that found nothing wrong. */
export function ok(name: string, what: string): Check {
  return { name, status: "ok", what, consequence: "", next: "" };
}

/** Judge everything, the conditions of tracing at all first. */
export function diagnose(input: DoctorInput): Check[] {
  const { facts } = input;
  return [
    checkRights(facts),
    checkLockdown(facts),
    checkBpftrace(input.bpftrace),
    checkAttach(input.attach),
    checkTracefs(facts),
    checkBtf(facts),
    ...(facts.isTracefsReadable ? checkHooks(facts) : []),
    checkSs(input.ss),
    checkNamespaces(input.nsenter),
    checkPidNamespace(input.pidNamespace),
    checkTickRate(facts),
  ].filter((check) => check !== null);
}

/** Whether the checks leave anything to trace with. */
export function canTrace(checks: readonly Check[]): boolean {
  return checks.every((check) => check.status !== "failed");
}

function checkRights({ isRoot, isInitialUserNamespace, capabilities }: KernelFacts): Check {
  const name = "rights";
  if (!isInitialUserNamespace) {
    return {
      name,
      status: "failed",
      what: "this is a user namespace; root in it is not root of the host",
      consequence: "the kernel refuses every probe",
      next: "run lastack on the host itself, as root",
    };
  }
  const isAble = capabilities.has("CAP_SYS_ADMIN") || capabilities.has("CAP_BPF");
  if (isRoot && isAble) return ok(name, "root");
  const what = isRoot ? "root without CAP_SYS_ADMIN and CAP_BPF" : "not root";
  return {
    name,
    status: "failed",
    what,
    consequence: "the kernel refuses every probe; recordings can still be replayed and reported",
    next: isRoot ? "start the container privileged" : "run the command again with sudo",
  };
}

function checkLockdown({ lockdown }: KernelFacts): Check {
  const name = "lockdown";
  if (lockdown !== "confidentiality") return ok(name, lockdown ?? "not shown by this kernel");
  return {
    name,
    status: "failed",
    what: "confidentiality",
    consequence: "the kernel lets no probe read its memory",
    next: "boot with lockdown=integrity, or with Secure Boot's lockdown configured so",
  };
}

function checkBpftrace(bpftrace: DoctorInput["bpftrace"]): Check {
  const name = "bpftrace";
  if ("path" in bpftrace) return ok(name, `${bpftrace.path}, version ${bpftrace.version}`);
  return {
    name,
    status: "failed",
    what: bpftrace.refusal,
    consequence: "nothing can be traced; recordings can still be replayed and reported",
    next: "install the package bpftrace, version 0.17 or newer, from the distribution",
  };
}

function checkAttach(attach: DoctorInput["attach"]): Check | null {
  if (attach === null) return null;
  if (attach.isAttached) return ok("trial", attach.detail);
  return {
    name: "trial",
    status: "failed",
    what: attach.detail,
    consequence: "the probes do not attach to this kernel",
    next: "follow what bpftrace says; lastack live -v shows all of it",
  };
}

function checkTracefs({ tracefs, isTracefsReadable, isRoot }: KernelFacts): Check {
  const name = "tracefs";
  if (tracefs !== null && isTracefsReadable) return ok(name, tracefs);
  const isHidden = tracefs !== null;
  return {
    name,
    status: "failed",
    what: isHidden ? `${tracefs} may not be read` : "not mounted",
    consequence: "no tracepoint can be found, and which ones there are is not known",
    next: isHidden && !isRoot ? "run the command again with sudo" : MOUNT_TRACEFS,
  };
}

const MOUNT_TRACEFS = "mount -t tracefs tracefs /sys/kernel/tracing";

function checkBtf({ hasBtf }: KernelFacts): Check {
  if (hasBtf) return ok("BTF", "the kernel describes its types");
  return {
    name: "BTF",
    status: "degraded",
    what: "no /sys/kernel/btf/vmlinux",
    consequence:
      "probes cannot look into sockets: who closed, why it closed, unread bytes, orphans and namespaces are unknown or inferred",
    next: "use a kernel built with CONFIG_DEBUG_INFO_BTF=y",
  };
}

function checkSs(ss: string | null): Check {
  if (ss !== null) return ok("ss", ss);
  return {
    name: "ss",
    status: "degraded",
    what: "no ss that only root could have put there",
    consequence:
      "the socket table comes from /proc/net/tcp: slower, without cookies and listen limits",
    next: "install the package iproute2",
  };
}

function checkNamespaces(nsenter: string | null): Check {
  if (nsenter !== null) return ok("namespaces", nsenter);
  return {
    name: "namespaces",
    status: "missing",
    what: "no nsenter that only root could have put there",
    consequence: "of other network namespaces (containers) no socket table and no sysctls are read",
    next: "install the package util-linux",
  };
}

function checkPidNamespace(verdict: PidNamespaceVerdict): Check {
  const name = "process numbers";
  if (verdict.isJoinable) return ok(name, "the kernel's and those of /proc are the same");
  return {
    name,
    status: "missing",
    what: verdict.reason,
    consequence: "owners are known by number and name from probes only, holders not at all",
    next: "run lastack in the host's PID namespace (docker run --pid=host)",
  };
}

function checkTickRate({ hz }: KernelFacts): Check {
  if (hz !== null) return ok("HZ", `${hz} ticks a second`);
  return {
    name: "HZ",
    status: "degraded",
    what: "not shown by this kernel",
    consequence: "retransmission timeouts are not given in milliseconds",
    next: "use a kernel built with CONFIG_IKCONFIG_PROC=y, or install its config file in /boot",
  };
}
