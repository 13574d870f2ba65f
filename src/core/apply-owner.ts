/** Who holds an endpoint: from the calls that open and close it, and from descriptor scans. */

import type {
  OpenEvent,
  OwnerEvent,
  ProcessEvent,
  ThreadsEvent,
  TransitionEvent,
} from "../event/trace-event.ts";
import type { CoreState } from "./core-state.ts";
import type { Endpoint, Holder, Owner } from "./endpoint.ts";

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

/** Of a socket that more processes share, who they all are tells nobody anything. */
const MAX_HOLDERS = 500;

/** The newest scan that found a holder of an endpoint, and who had owned it before. */
interface LastScan {
  readonly number: number;
  readonly before: Owner | null;
}

const scans = new WeakMap<Endpoint, LastScan>();

/** Let a copy of an endpoint know which scan its original was found by. */
export function inheritScan(original: Endpoint, copy: Endpoint): void {
  const scan = scans.get(original);
  if (scan !== undefined) scans.set(copy, scan);
}

/** A descriptor scan found a holder; a newer scan replaces all that older ones found. */
export function applyOwner(core: CoreState, event: OwnerEvent): void {
  if (core.listeners.hold(event.inode, event.pid, event.comm)) return;
  const endpoint = core.table.byInode(event.inode);
  if (endpoint === undefined) return;
  const number = event.scan ?? 0;
  const last = scans.get(endpoint);
  const isNewer = last?.number !== number;
  const scan = isNewer ? { number, before: endpoint.owner } : last;
  scans.set(endpoint, scan);
  const others = isNewer ? [] : endpoint.holders.filter((holder) => holder.pid !== event.pid);
  if (others.length >= MAX_HOLDERS) return;
  const holder: Holder = { pid: event.pid, comm: event.comm, fds: event.fds };
  endpoint.holders = [...others, holder].sort((a, b) => a.pid - b.pid);
  const { owner: known } = endpoint;
  const found = ownerAmong(endpoint.holders, [known, scan.before]);
  endpoint.owner = found;
  const opener = [scan.before, known].find((each) => each !== null && each.source !== "fd-scan");
  if (opener == null) return;
  if (opener.pid === found.pid) delete endpoint.openedBy;
  else endpoint.openedBy = opener;
}

/**
 * Who acted on the socket stays its owner while a scan finds it among the holders, in whatever
 * order the scan tells of them. Else one of the holders is, certainly only if it is alone.
 */
function ownerAmong(holders: readonly Holder[], known: readonly (Owner | null)[]): Owner {
  const held = known.filter((owner) => holders.some((holder) => holder.pid === owner?.pid));
  const actor = held.find((owner) => owner !== null && owner.source !== "fd-scan");
  if (actor != null) return actor;
  const { pid, comm } = held[0] ?? (holders[0] as Holder);
  const confidence = holders.length === 1 ? "certain" : "likely";
  return { pid, comm, source: "fd-scan", confidence };
}

const MOST_PROCESSES = 10_000;

export function applyProcess(core: CoreState, event: ProcessEvent): void {
  remember(core.processes, event);
}

export function applyThreads(core: CoreState, event: ThreadsEvent): void {
  remember(core.threads, event);
}

function remember<E extends { readonly pid: number }>(known: Map<number, E>, event: E): void {
  known.set(event.pid, event);
  if (known.size > MOST_PROCESSES) known.delete(known.keys().next().value as number);
}
