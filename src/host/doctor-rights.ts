/** Judges what this process is allowed to do, and where it stands. */

import { type Check, ok } from "./check.ts";
import type { KernelFacts } from "./kernel-facts.ts";
import type { PidNamespaceVerdict } from "./pid-namespace.ts";

const SUDO = "run the command again with sudo";
const PRIVILEGED = "start the container privileged (docker run --privileged --pid=host)";

/** Whether the kernel accepts probes from us at all. */
export function checkRights({ isRoot, isInitialUserNamespace, capabilities }: KernelFacts): Check {
  const name = "rights";
  const consequence =
    "the kernel refuses every probe; recordings can still be replayed and reported";
  if (!isInitialUserNamespace) {
    const what = "this is a user namespace: root in it is not root of the host";
    const next = "run lastack on the host itself, as root";
    return { name, status: "failed", what, consequence, next };
  }
  const isAble = capabilities.has("CAP_SYS_ADMIN") || capabilities.has("CAP_BPF");
  if (isRoot && isAble) return ok(name, "root");
  if (isRoot) {
    const what = "root without CAP_SYS_ADMIN and CAP_BPF";
    return { name, status: "failed", what, consequence, next: PRIVILEGED };
  }
  return { name, status: "failed", what: "not root", consequence, next: SUDO };
}

/** Signs of a container are no fault by themselves: the other checks tell what it takes away. */
export function checkContainer({ containerHints }: KernelFacts): Check | null {
  return containerHints.length === 0 ? null : ok("container", containerHints.join("; "));
}

/** Whether lockdown keeps probes from reading memory. */
export function checkLockdown({ lockdown }: KernelFacts): Check {
  const name = "lockdown";
  if (lockdown !== "confidentiality") return ok(name, lockdown ?? "not shown here");
  return {
    name,
    status: "failed",
    what: "confidentiality",
    consequence: "the kernel lets no probe read its memory",
    next: "boot with lockdown=integrity instead of lockdown=confidentiality",
  };
}

/** Whether the descriptors of everybody's processes may be read. */
export function checkDescriptors({ isRoot, capabilities }: KernelFacts): Check {
  const name = "descriptors";
  const isAble =
    capabilities.has("CAP_SYS_PTRACE") &&
    (capabilities.has("CAP_DAC_READ_SEARCH") || capabilities.has("CAP_DAC_OVERRIDE"));
  if (isAble) return ok(name, "those of every process can be read");
  return {
    name,
    status: "missing",
    what: "those of other users' processes may not be read",
    consequence: "who holds a socket is known only where a probe saw it opened",
    next: isRoot ? "add CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH to the container" : SUDO,
  };
}

/** Whether a process number from a probe can be looked up. */
export function checkPidNamespace(verdict: PidNamespaceVerdict): Check {
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
