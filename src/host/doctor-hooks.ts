/** Judges the kernel's hooks, one by one: what is not there, and what that leaves unseen. */

import { type Check, ok } from "./doctor.ts";
import type { KernelFacts, TracepointName } from "./kernel-facts.ts";

/** A hook that lastack would use, or a field of it. */
interface Hook {
  readonly tracepoint: TracepointName;
  /** A field that older kernels lack; the tracepoint itself when absent. */
  readonly field?: string;
  readonly status: Check["status"];
  readonly consequence: string;
  readonly next: string;
}

const NEWER = (version: string) => `use a kernel that has it (${version} or newer)`;

const HOOKS: readonly Hook[] = [
  {
    tracepoint: "sock:inet_sock_set_state",
    status: "failed",
    consequence: "no state change of any socket is seen",
    next: NEWER("4.16"),
  },
  {
    tracepoint: "tcp:tcp_retransmit_skb",
    status: "missing",
    consequence: "re-sent segments are not seen: a lost FIN shows only as a long state",
    next: NEWER("4.15"),
  },
  {
    tracepoint: "tcp:tcp_retransmit_skb",
    field: "err",
    status: "ok",
    consequence: "",
    next: "",
  },
  {
    tracepoint: "tcp:tcp_send_reset",
    status: "missing",
    consequence: "RSTs that this host sends are not seen, their cause is guessed from the socket",
    next: NEWER("4.16"),
  },
  {
    tracepoint: "tcp:tcp_send_reset",
    field: "reason",
    status: "degraded",
    consequence:
      "the kernel does not say why it sent an RST, and RSTs without a socket are not seen",
    next: NEWER("6.12"),
  },
  {
    tracepoint: "tcp:tcp_receive_reset",
    status: "missing",
    consequence: "RSTs that arrive are inferred from the socket's error alone",
    next: NEWER("4.16"),
  },
  {
    tracepoint: "skb:kfree_skb",
    field: "rx_sk",
    status: "degraded",
    consequence:
      "when FIN_WAIT2 of a closed socket becomes TIME_WAIT is not seen, nor a repeated FIN in it: lost fourth waves stay hidden, and the socket table must tell",
    next: NEWER("6.11"),
  },
  {
    tracepoint: "sock:sock_recv_length",
    status: "degraded",
    consequence:
      "whether an application in CLOSE_WAIT has read the end of the stream is never certain",
    next: NEWER("6.3"),
  },
  {
    tracepoint: "timer:timer_expire_entry",
    field: "function",
    status: "degraded",
    consequence: "the end of TIME_WAIT is taken from the socket table instead of the moment itself",
    next: NEWER("2.6.37"),
  },
  {
    tracepoint: "syscalls:sys_exit_accept4",
    status: "degraded",
    consequence: "who accepted a connection is known only from descriptor scans",
    next: "use a kernel built with CONFIG_FTRACE_SYSCALLS=y",
  },
  {
    tracepoint: "syscalls:sys_exit_accept",
    status: "degraded",
    consequence:
      "who accepted a connection by the old accept() is known only from descriptor scans",
    next: "use a kernel built with CONFIG_FTRACE_SYSCALLS=y",
  },
];

/** Judge each hook, and the symbol that the end of TIME_WAIT is told by. */
export function checkHooks(facts: KernelFacts): Check[] {
  return [...HOOKS.map((hook) => checkHook(hook, facts)), checkTimer(facts)].filter(
    (check) => check !== null,
  );
}

/** A missing field is not worth a word where the whole tracepoint is missing and has a line. */
function checkHook(hook: Hook, { tracepoints, hasKprobes }: KernelFacts): Check | null {
  const { tracepoint, field, status, consequence } = hook;
  const fields = tracepoints[tracepoint];
  const name = field === undefined ? tracepoint : `${tracepoint} ${field}`;
  const hasOwnLine = HOOKS.some((one) => one.tracepoint === tracepoint && one.field === undefined);
  if (fields === null && field !== undefined && hasOwnLine) return null;
  if (fields !== null && (field === undefined || fields.has(field))) return ok(name, "present");
  if (status === "ok") return null;
  const what = fields === null ? "this kernel has no such tracepoint" : "the tracepoint lacks it";
  const kprobe = hasKprobes ? "" : "; kprobes, which could stand in, are not there either";
  return {
    name,
    status,
    what: `${what}${status === "failed" ? kprobe : ""}`,
    consequence,
    next: hook.next,
  };
}

function checkTimer({ hasTimeWaitTimer, tracepoints }: KernelFacts): Check | null {
  const name = "symbol tw_timer_handler";
  if (tracepoints["timer:timer_expire_entry"] === null) return null;
  if (hasTimeWaitTimer) return ok(name, "present");
  return {
    name,
    status: "degraded",
    what: "not in /proc/kallsyms",
    consequence: "the end of TIME_WAIT is taken from the socket table instead of the moment itself",
    next: "sysctl kernel.kptr_restrict=1 or lower, as root; or a kernel built with CONFIG_KALLSYMS_ALL=y",
  };
}
