/** Chooses the probe fragments that this kernel can run, and says what the missing ones hide. */

import type { WantedDetail } from "../event/detail.ts";
import type { KernelFacts } from "../host/kernel-facts.ts";

/** What was chosen. */
export interface ProbeChoice {
  /** File names below `probes/`, in the order in which they are joined. */
  readonly fragments: readonly string[];
  /** One sentence for each thing that stays unseen. */
  readonly unseen: readonly string[];
  /** One sentence for each thing that is given in another way than it was asked for. */
  readonly remarks: readonly string[];
  /** Whether the lives of sockets are kept in the kernel, so that less can be told. */
  readonly keepsLives: boolean;
  /** Whether what ends well is counted in the kernel. */
  readonly counts: boolean;
}

/** The facts that decide. */
export type ProbeFacts = Pick<KernelFacts, "hasBtf" | "tracepoints" | "hasTimeWaitTimer">;

/**
 * Choose by what the kernel has, never by its version: stable trees carry backports.
 *
 * Null when the kernel lacks the one tracepoint without which there is nothing to trace.
 *
 * @param tellsEach nothing may be only counted: `auto` then does without what counts, and `summary`
 * stands in for `aggregate`
 */
export function chooseProbes(
  facts: ProbeFacts,
  wanted: WantedDetail = "transitions",
  tellsEach = false,
): ProbeChoice | null {
  const { tracepoints, hasBtf } = facts;
  if (tracepoints["sock:inet_sock_set_state"] === null) return null;
  const fragments = ["ready.bt", hasBtf ? "tcp_set_state.bt" : "tcp_set_state.nobtf.bt"];
  const unseen: string[] = [];
  if (!hasBtf) {
    unseen.push(
      "no BTF: why a socket closed, orphans, owners, namespaces, RSTs, reads and TIME_WAIT",
    );
  }
  chooseSegments(facts, fragments, unseen);
  chooseOwners(facts, fragments, unseen);
  chooseMiniSockets(facts, fragments, unseen);
  fragments.push("heartbeat.bt");
  const remarks = wanted === "aggregate" && tellsEach ? [EACH_TOLD] : [];
  const wantsLives = wanted !== "transitions";
  if (wantsLives && canKeepLives(facts)) {
    const wantsCounts = wanted !== "summary" && !tellsEach;
    const counts = wantsCounts && canCount(fragments);
    if (wanted === "aggregate" && wantsCounts && !counts) unseen.push(NO_COUNTS);
    return { fragments: withLives(fragments, counts), unseen, remarks, keepsLives: true, counts };
  }
  if (wantsLives && wanted !== "auto") unseen.push(NO_LIVES);
  if (fragments.includes("reads.bt") && fragments.includes("tcp_destroy_sock.bt")) {
    fragments.push("end.bt");
  }
  return { fragments, unseen, remarks, keepsLives: false, counts: false };
}

const NO_LIVES =
  "no BTF, no system call tracepoints or no power:cpu_idle: any detail but transitions, which costs more on a busy host";

const EACH_TOLD = "with a filter each connection is told, as --detail summary does";

const NO_COUNTS =
  "without the beginning and the end of TIME_WAIT: the detail aggregate; summary stands in for it";

/** Whether a FIN_WAIT2 ends well is known when its mini-socket takes in the peer's FIN. */
function canCount(fragments: readonly string[]): boolean {
  return fragments.includes("time_wait.bt") && fragments.includes("time_wait_end.bt");
}

/** What the probes that keep lives stand on: how they are told of another detail, and of a CPU's rest. */
const LIVES_NEED = ["syscalls:sys_enter_umask", "power:cpu_idle"] as const;

/** The socket must be readable too. */
function canKeepLives({ hasBtf, tracepoints }: ProbeFacts): boolean {
  return hasBtf && LIVES_NEED.every((name) => tracepoints[name] !== null);
}

/** The same with the fragments that work on kept lives. */
function withLives(fragments: readonly string[], counts: boolean): string[] {
  const variants = new Map([
    ["tcp_destroy_sock.bt", ["tcp_destroy_sock.lives.bt"]],
    ["owners.bt", ["owners.lives.bt"]],
    ["reads.bt", ["reads.lives.bt"]],
    ["time_wait.bt", ["time_wait.lives.bt"]],
    ["time_wait_end.bt", ["time_wait_end.lives.bt"]],
    // detail.bt gives the maps their types, so it stands in front of those that read them.
    ["tcp_set_state.bt", ["detail.bt", "lives.bt", "lives_tick.bt"]],
  ]);
  const probes = fragments.flatMap((name) => variants.get(name) ?? [name]);
  // bpftrace detaches in this order: what the others have left is handed over when they are gone.
  return [...probes, "lives_out.bt", ...(counts ? ["counts.bt"] : []), "end.lives.bt"];
}

function chooseSegments(facts: ProbeFacts, fragments: string[], unseen: string[]): void {
  const { tracepoints, hasBtf } = facts;
  const resend = tracepoints["tcp:tcp_retransmit_skb"];
  if (resend === null) unseen.push("no tcp_retransmit_skb tracepoint: re-sent segments");
  else if (!hasBtf) fragments.push("tcp_retransmit_skb.nobtf.bt");
  else fragments.push(resend.has("err") ? "tcp_retransmit_skb.bt" : "tcp_retransmit_skb.noerr.bt");
  if (!hasBtf) return;
  const reset = tracepoints["tcp:tcp_send_reset"];
  if (reset === null) unseen.push("no tcp_send_reset tracepoint: RSTs sent");
  else fragments.push(reset.has("reason") ? "tcp_send_reset.bt" : "tcp_send_reset.noreason.bt");
  if (tracepoints["tcp:tcp_receive_reset"]?.has("sport")) fragments.push("tcp_receive_reset.bt");
  else unseen.push("no tcp_receive_reset tracepoint: RSTs received, but for the errors they leave");
  if (tracepoints["tcp:tcp_destroy_sock"]?.has("sport")) fragments.push("tcp_destroy_sock.bt");
  else
    unseen.push("no tcp_destroy_sock tracepoint: when a reset connection's descriptor is closed");
}

function chooseOwners(facts: ProbeFacts, fragments: string[], unseen: string[]): void {
  const { tracepoints, hasBtf } = facts;
  if (!hasBtf) return;
  const hasAccept =
    tracepoints["syscalls:sys_exit_accept4"] !== null &&
    tracepoints["syscalls:sys_exit_accept"] !== null;
  if (hasAccept) fragments.push("owners.bt");
  else unseen.push("no system call tracepoints: who accepted, until a descriptor scan tells");
  if (tracepoints["sock:sock_recv_length"] !== null) fragments.push("reads.bt");
  else
    unseen.push(
      "no sock_recv_length tracepoint: who reads and writes, and whether the end was read",
    );
}

function chooseMiniSockets(facts: ProbeFacts, fragments: string[], unseen: string[]): void {
  const { tracepoints, hasBtf } = facts;
  if (!hasBtf) return;
  if (tracepoints["skb:kfree_skb"]?.has("rx_sk")) fragments.push("time_wait.bt");
  else unseen.push("kfree_skb without rx_sk: the moment TIME_WAIT begins after a plain close()");
  if (tracepoints["timer:timer_expire_entry"] !== null && facts.hasTimeWaitTimer) {
    fragments.push("time_wait_end.bt");
  } else unseen.push("no timer_expire_entry or tw_timer_handler: the moment TIME_WAIT ends");
}
