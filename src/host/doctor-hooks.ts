/** Judges the kernel's hooks, one by one: what is not there, and what that leaves unseen. */

import { type Check, ok } from "./check.ts";
import type { KernelFacts, TracepointName } from "./kernel-facts.ts";

/** A hook that lastack uses, or a field of it that older kernels lack. */
interface Hook {
  readonly tracepoint: TracepointName;
  readonly field?: string;
  readonly status: "degraded" | "missing" | "failed";
  readonly consequence: string;
  readonly next: string;
}

const newer = (version: string) => `use a kernel that has it, ${version} or newer`;
const SYSCALLS = "use a kernel built with CONFIG_FTRACE_SYSCALLS=y";
const NO_TIME_WAIT_END =
  "the end of TIME_WAIT is taken from the socket table and a rule, not from the moment itself";

const HOOKS: readonly Hook[] = [
  {
    tracepoint: "sock:inet_sock_set_state",
    status: "failed",
    consequence: "no state change of any socket is seen",
    next: newer("4.16"),
  },
  {
    tracepoint: "tcp:tcp_retransmit_skb",
    status: "missing",
    consequence: "re-sent segments are not seen: a lost FIN shows only as a state that lasts",
    next: newer("4.16"),
  },
  {
    tracepoint: "tcp:tcp_send_reset",
    status: "missing",
    consequence: "RSTs that this host sends are not seen, only what the socket says of its end",
    next: newer("4.16"),
  },
  {
    tracepoint: "tcp:tcp_send_reset",
    field: "reason",
    status: "degraded",
    consequence: "the kernel does not say why it sent an RST",
    next: newer("6.12"),
  },
  {
    tracepoint: "tcp:tcp_receive_reset",
    status: "missing",
    consequence: "RSTs that arrive are known from the socket's error alone",
    next: newer("4.16"),
  },
  {
    tracepoint: "skb:kfree_skb",
    field: "rx_sk",
    status: "degraded",
    consequence:
      "when a closed socket's FIN_WAIT2 becomes TIME_WAIT is not seen, nor a FIN repeated in it: a lost fourth wave stays hidden, the rest comes from the socket table",
    next: newer("6.12"),
  },
  {
    tracepoint: "sock:sock_recv_length",
    status: "degraded",
    consequence:
      "that an application in CLOSE_WAIT has read the end of the stream is never certain",
    next: newer("6.3"),
  },
  {
    tracepoint: "timer:timer_expire_entry",
    field: "function",
    status: "degraded",
    consequence: NO_TIME_WAIT_END,
    next: "use a kernel whose timer tracepoints are built in",
  },
  {
    tracepoint: "syscalls:sys_exit_accept4",
    status: "degraded",
    consequence: "who accepted a connection is known only from descriptor scans",
    next: SYSCALLS,
  },
  {
    tracepoint: "syscalls:sys_exit_accept",
    status: "degraded",
    consequence: "who accepted one with the older accept() is known only from descriptor scans",
    next: SYSCALLS,
  },
];

/** Judge each hook, and the symbol that the timer of a mini-socket is told by. */
export function checkHooks(facts: KernelFacts): Check[] {
  const checks = [...HOOKS.map((hook) => checkHook(hook, facts)), checkTimer(facts)];
  return checks.filter((check) => check !== null);
}

/** Null for a field whose tracepoint is missing and has a line of its own that says so. */
function checkHook(hook: Hook, { tracepoints }: KernelFacts): Check | null {
  const { tracepoint, field, status, consequence, next } = hook;
  const fields = tracepoints[tracepoint];
  const name = field === undefined ? tracepoint : `${tracepoint} ${field}`;
  if (fields !== null && (field === undefined || fields.has(field))) return ok(name, "present");
  const isSaidAbove = HOOKS.some((one) => one.tracepoint === tracepoint && one.field === undefined);
  if (fields === null && field !== undefined && isSaidAbove) return null;
  const what = fields === null ? "no such tracepoint" : "the tracepoint has no such field";
  return { name, status, what: `${what} in this kernel`, consequence, next };
}

function checkTimer({ hasTimeWaitTimer, tracepoints }: KernelFacts): Check | null {
  const name = "tw_timer_handler";
  if (tracepoints["timer:timer_expire_entry"] === null) return null;
  if (hasTimeWaitTimer) return ok(name, "in /proc/kallsyms");
  return {
    name,
    status: "degraded",
    what: "not in /proc/kallsyms",
    consequence: NO_TIME_WAIT_END,
    next: "use a kernel built with CONFIG_KALLSYMS=y",
  };
}

/** Whether tracepoints can be looked up. */
export function checkTracefs({ tracefs, isTracefsReadable, isRoot }: KernelFacts): Check {
  const name = "tracefs";
  if (tracefs !== null && isTracefsReadable) return ok(name, tracefs);
  const consequence = "no tracepoint can be looked up, so none can be used";
  if (tracefs === null) {
    const next = "mount -t tracefs tracefs /sys/kernel/tracing";
    return { name, status: "failed", what: "not mounted", consequence, next };
  }
  const next = isRoot
    ? "let this container read tracefs (docker run --privileged)"
    : "run the command again with sudo";
  return { name, status: "failed", what: `${tracefs} may not be read`, consequence, next };
}

/** Whether probes can look into sockets. */
export function checkBtf({ hasBtf }: KernelFacts): Check {
  if (hasBtf) return ok("BTF", "the kernel describes its types");
  return {
    name: "BTF",
    status: "degraded",
    what: "no /sys/kernel/btf/vmlinux",
    consequence:
      "probes cannot look into sockets: who closed and why, unread bytes, orphans, namespaces and who accepted are unknown or inferred",
    next: "use a kernel built with CONFIG_DEBUG_INFO_BTF=y",
  };
}

/** Whether timeouts, which the kernel keeps in ticks, can be given in milliseconds. */
export function checkTickRate({ hz }: KernelFacts): Check {
  if (hz !== null) return ok("HZ", `${hz} ticks a second`);
  return {
    name: "HZ",
    status: "degraded",
    what: "not shown by this kernel",
    consequence: "retransmission timeouts are not given in milliseconds",
    next: "use a kernel built with CONFIG_IKCONFIG_PROC=y, or install its config file in /boot",
  };
}
