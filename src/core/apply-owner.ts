/** Who holds an endpoint: from the calls that open and close it, and from descriptor scans. */

import type { OpenEvent, OwnerEvent, ProcessEvent, TransitionEvent } from "../event/trace-event.ts";
import type { CoreState } from "./core-state.ts";
import type { Endpoint, Holder } from "./endpoint.ts";

/**
 * Take the acting process of a state change as owner, where it is one.
 *
 * connect() names it; the closer held the descriptor at that moment, and replaces an owner who
 * had given it away (fork, SCM_RIGHTS). A listener's child is born in a softirq: nobody acts.
 */
export function assignOwner(endpoint: Endpoint, event: TransitionEvent): void {
  if (event.to === "SYN_SENT") {
    endpoint.owner = owner(event, "connect");
    return;
  }
  const isOwnAct =
    event.to === "FIN_WAIT1" ||
    event.to === "LAST_ACK" ||
    event.from === event.to ||
    (event.to === "CLOSE" && !event.orphan && !event.error);
  if (isOwnAct && endpoint.owner?.pid !== event.pid) endpoint.owner = owner(event, "close");
}

function owner(event: TransitionEvent, source: "connect" | "close"): Endpoint["owner"] {
  return { pid: event.pid, comm: event.comm, source, confidence: "certain" };
}

/** accept() returned the connection, or connect() began it. */
export function applyOpen(core: CoreState, event: OpenEvent): void {
  const endpoint = core.table.bySocket(event.sk);
  if (endpoint === undefined) return;
  endpoint.touchedAt = event.t;
  endpoint.owner = {
    pid: event.pid,
    comm: event.comm,
    source: event.how,
    confidence: "certain",
  };
  if (event.fd !== null) {
    endpoint.holders = [{ pid: event.pid, comm: event.comm, fds: [event.fd] }];
  }
  if (endpoint.unread === "not-accepted") {
    endpoint.unread = (endpoint.unreadBytes ?? 0) > 0 ? "data-unread" : "fin-unread";
  }
}

const scanOf = new WeakMap<Endpoint, number>();

/** A descriptor scan found a holder; a newer scan replaces all that older ones found. */
export function applyOwner(core: CoreState, event: OwnerEvent): void {
  if (core.listeners.hold(event.inode, event.pid, event.comm)) return;
  const endpoint = core.table.byInode(event.inode);
  if (endpoint === undefined) return;
  const scan = event.scan ?? 0;
  const isNewer = scanOf.get(endpoint) !== scan;
  scanOf.set(endpoint, scan);
  const others = isNewer ? [] : endpoint.holders.filter((holder) => holder.pid !== event.pid);
  const holder: Holder = { pid: event.pid, comm: event.comm, fds: event.fds };
  endpoint.holders = [...others, holder].sort((a, b) => a.pid - b.pid);
  if (endpoint.holders.some((each) => each.pid === endpoint.owner?.pid)) return;
  const first = endpoint.holders[0] as Holder;
  endpoint.owner = {
    pid: first.pid,
    comm: first.comm,
    source: "fd-scan",
    confidence: endpoint.holders.length === 1 ? "certain" : "likely",
  };
}

export function applyProcess(core: CoreState, event: ProcessEvent): void {
  core.processes.set(event.pid, event);
  if (core.processes.size > 10_000) {
    core.processes.delete(core.processes.keys().next().value as number);
  }
}
