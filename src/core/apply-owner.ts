/** Who holds an endpoint: from the calls that open and close it, and from descriptor scans. */

import type {
  Nanoseconds,
  OpenEvent,
  OwnerEvent,
  ProcessEvent,
  ThreadsEvent,
  TransitionEvent,
  UseEvent,
} from "../event/trace-event.ts";
import type { CoreState } from "./core-state.ts";
import type { Holder, Owner } from "./endpoint.ts";
import type { EndpointRecord } from "./endpoint-record.ts";
import { sharedOwner } from "./shared-owner.ts";

/**
 * Take the acting process of a state change as owner, where it is one.
 *
 * connect() names it; the closer held the descriptor at that moment, and replaces an owner who
 * had given it away (fork, SCM_RIGHTS). A listener's child is born in a softirq: nobody acts.
 */
export function assignOwner(endpoint: EndpointRecord, event: TransitionEvent): void {
  if (event.to === "SYN_SENT") {
    own(endpoint, owner(event, "connect"), event.t);
    return;
  }
  const isOwnAct =
    event.to === "FIN_WAIT1" ||
    event.to === "LAST_ACK" ||
    event.from === event.to ||
    (event.to === "CLOSE" && !event.orphan && !event.error);
  if (!isOwnAct) return;
  const isKnown = endpoint.owner?.pid === event.pid;
  own(endpoint, isKnown ? endpoint.owner : owner(event, "close"), event.t);
  if (!isKnown) endpoint.usedBy = undefined;
}

function own(endpoint: EndpointRecord, found: Owner | null, at: Nanoseconds): void {
  endpoint.owner = found;
  endpoint.ownedAt = at;
}

function owner(event: TransitionEvent, source: "connect" | "close"): Owner {
  return sharedOwner(event.pid, event.comm, source, "certain");
}

/** accept() returned the connection, or connect() began it. */
export function applyOpen(core: CoreState, event: OpenEvent): void {
  const endpoint = core.table.bySocket(event.sk);
  if (endpoint === undefined) return;
  endpoint.touchedAt = event.t;
  const { pid, comm, how: source } = event;
  own(endpoint, sharedOwner(pid, comm, source, "certain"), event.t);
  if (event.fd !== null) endpoint.holdThrough(event.fd);
  if (endpoint.unread === "not-accepted") {
    endpoint.unread = (endpoint.unreadBytes ?? 0) > 0 ? "data-unread" : "fin-unread";
  }
}

/**
 * Somebody else reads or writes: whoever does holds the descriptor, by fork or SCM_RIGHTS, and is
 * whom to ask about the connection.
 *
 * It is `likely` its only holder until a scan of its descriptors, which this sets off, has looked;
 * whom a scan has found stays certain, however often those who share a connection take turns.
 */
export function applyUse(core: CoreState, event: UseEvent): void {
  const endpoint = core.table.bySocket(event.sk) ?? knownByTable(core, event.inode);
  if (endpoint === undefined) return;
  endpoint.touchedAt = event.t;
  if (event.inode > 0) core.table.indexInode(endpoint, event.inode);
  const { owner: known } = endpoint;
  const isKnown = known?.pid === event.pid;
  if (isKnown && known.source !== "fd-scan") {
    endpoint.ownedAt = event.t;
    return;
  }
  if (known !== null && known.source !== "fd-scan") endpoint.openedBy = known;
  endpoint.usedBy = event.pid;
  const { pid, comm } = event;
  const unsure = sharedOwner(pid, comm, "fd-scan", "likely");
  own(endpoint, foundUser(endpoint, pid) ?? (isKnown ? known : unsure), event.t);
}

/** A process that uses the endpoint, where the newest scan has found it to be a holder. */
function foundUser(endpoint: EndpointRecord, user: number): Owner | null {
  if (!scans.has(endpoint)) return null;
  const holder = endpoint.holders.find(({ pid }) => pid === user);
  return holder === undefined ? null : userOf(holder);
}

/** A socket that no probe has told of yet. */
function knownByTable(core: CoreState, inode: number): EndpointRecord | undefined {
  const endpoint = core.table.byInode(inode);
  return endpoint?.hasSocket === false && !endpoint.isMini ? endpoint : undefined;
}

/** Of a socket that more processes share, who they all are tells nobody anything. */
const MAX_HOLDERS = 500;

/** The newest scan that found a holder of an endpoint, and who had owned it before. */
interface LastScan {
  readonly number: number;
  readonly before: Owner | null;
}

const scans = new WeakMap<EndpointRecord, LastScan>();

/** Whether a scan has found a holder of it. */
export function wasScanned(endpoint: EndpointRecord): boolean {
  return scans.has(endpoint);
}

/** Let a copy of an endpoint know which scan its original was found by. */
export function inheritScan(original: EndpointRecord, copy: EndpointRecord): void {
  const scan = scans.get(original);
  if (scan !== undefined) scans.set(copy, scan);
}

/** A descriptor scan found a holder; a newer scan replaces all that older ones found. */
export function applyOwner(core: CoreState, event: OwnerEvent): void {
  if (core.listeners.hold(event)) return;
  const endpoint = core.table.byInode(event.inode);
  if (endpoint === undefined) return;
  forgetPredecessor(core, endpoint, event);
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
  const user = endpoint.holders.find(({ pid }) => pid === endpoint.usedBy);
  const found = user ? userOf(user) : ownerAmong(endpoint.holders, [known, scan.before]);
  own(endpoint, found, event.t);
  const opener = [scan.before, known].find((each) => each !== null && each.source !== "fd-scan");
  if (opener == null) return;
  if (opener.pid === found.pid) endpoint.openedBy = undefined;
  else endpoint.openedBy = opener;
}

/** The number of a process that is gone says nothing of the one that has it now. */
function forgetPredecessor(core: CoreState, endpoint: EndpointRecord, event: OwnerEvent): void {
  const { owner: known, ownedAt } = endpoint;
  if (known?.pid !== event.pid || ownedAt === undefined) return;
  if (!core.processes.isLater(event.startTicks, ownedAt)) return;
  endpoint.owner = null;
  endpoint.holders = endpoint.holders.filter(({ pid }) => pid !== event.pid);
  if (endpoint.usedBy === event.pid) endpoint.usedBy = undefined;
  const last = scans.get(endpoint);
  if (last !== undefined) scans.set(endpoint, { ...last, before: null });
}

/** Seen to use it and to hold it: nothing is left to guess, whoever else holds it. */
function userOf({ pid, comm }: Holder): Owner {
  return sharedOwner(pid, comm, "fd-scan", "certain");
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
  return sharedOwner(pid, comm, "fd-scan", confidence);
}

export function applyProcess(core: CoreState, event: ProcessEvent): void {
  core.processes.set(event);
}

/** What the threads of more processes were last seen to do is not remembered. */
const MOST_THREADS = 10_000;

export function applyThreads({ threads }: CoreState, event: ThreadsEvent): void {
  threads.set(event.pid, event);
  if (threads.size > MOST_THREADS) threads.delete(threads.keys().next().value as number);
}
