/** Kernels made up by what they lack, to choose probes for. */
import { TRACEPOINTS, type TracepointName } from "../../src/host/kernel-facts.ts";
import type { ProbeFacts } from "../../src/session/probe-choice.ts";

/** Fields of Linux 6.18 that decide; the others have none that anybody asks for. */
const FIELDS: Partial<Record<TracepointName, readonly string[]>> = {
  "tcp:tcp_retransmit_skb": ["skaddr", "state", "err"],
  "tcp:tcp_send_reset": ["skaddr", "state", "reason"],
  "tcp:tcp_receive_reset": ["skaddr", "sport", "dport"],
  "tcp:tcp_destroy_sock": ["skaddr", "sport", "dport"],
  "skb:kfree_skb": ["skbaddr", "reason", "rx_sk"],
};

/** What a kernel may lack: a tracepoint, one field of it, or something else by name. */
export type Lack = TracepointName | `${TracepointName} ${string}` | "BTF" | "tw_timer_handler";

/** A kernel that has all but these. */
export function kernelWithout(...lacks: readonly Lack[]): ProbeFacts {
  const lacked = new Set<string>(lacks);
  const entries = TRACEPOINTS.map((name) => {
    const fields = (FIELDS[name] ?? []).filter((field) => !lacked.has(`${name} ${field}`));
    return [name, lacked.has(name) ? null : new Set(fields)] as const;
  });
  return {
    hasBtf: !lacked.has("BTF"),
    hasTimeWaitTimer: !lacked.has("tw_timer_handler"),
    tracepoints: Object.fromEntries(entries) as ProbeFacts["tracepoints"],
  };
}

/** Everything that decides, alone. */
export const LACKS = [
  "BTF",
  "tw_timer_handler",
  "tcp:tcp_retransmit_skb",
  "tcp:tcp_retransmit_skb err",
  "tcp:tcp_send_reset",
  "tcp:tcp_send_reset reason",
  "tcp:tcp_receive_reset",
  "tcp:tcp_destroy_sock",
  "syscalls:sys_exit_accept",
  "syscalls:sys_exit_accept4",
  "sock:sock_recv_length",
  "skb:kfree_skb",
  "skb:kfree_skb rx_sk",
  "timer:timer_expire_entry",
] as const satisfies readonly Lack[];
