/** Tells whether process numbers mean the same to the kernel's probes and to our /proc. */

import { readlink } from "node:fs/promises";

/** Whether what a probe calls `pid` can be looked up in /proc, and why not. */
export type PidNamespaceVerdict =
  | { readonly isJoinable: true }
  | { readonly isJoinable: false; readonly reason: string };

/** `PROC_PID_INIT_INO` of include/linux/proc_ns.h: the first PID namespace, on every kernel. */
const INITIAL = "pid:[4026531836]";

/**
 * Judge by the links of our own process.
 *
 * A probe's `pid` counts in the first PID namespace. In any other, the same number is another process
 * or none in /proc, so every join would accuse the wrong one. /proc/1/ns/pid is no evidence: it may be
 * unreadable for root too. `procSelf` is where /proc/self points, `pid` our number as we know it.
 */
export function judgePidNamespace(
  link: string | null,
  procSelf: string | null,
  pid: number,
): PidNamespaceVerdict {
  if (link === null) return { isJoinable: false, reason: "/proc/self/ns/pid cannot be read" };
  if (link !== INITIAL) {
    const reason = `this program runs in a PID namespace of its own (${link}): the numbers that the kernel reports are not the ones in this /proc`;
    return { isJoinable: false, reason };
  }
  if (procSelf !== String(pid)) {
    const reason = `/proc belongs to another PID namespace: it calls this process ${procSelf}, not ${pid}`;
    return { isJoinable: false, reason };
  }
  return { isJoinable: true };
}

/** Judge this process. When the joins are off, owners are known by number only from probes. */
export async function readPidNamespace(): Promise<PidNamespaceVerdict> {
  const [link, procSelf] = await Promise.all(
    ["/proc/self/ns/pid", "/proc/self"].map((path) => readlink(path).catch(() => null)),
  );
  return judgePidNamespace(link ?? null, procSelf ?? null, process.pid);
}
