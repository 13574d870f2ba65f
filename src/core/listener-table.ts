/** Who listens where: the owner of connections that nobody has accepted yet. */

import type { OwnerEvent, SocketTuple, TransitionEvent } from "../event/trace-event.ts";

/** A listening socket. It is no endpoint. */
export interface Listener {
  readonly netns: number;
  readonly local: string;
  readonly port: number;
  inode: number | null;
  /** Who called listen(), or of its holders the one with the lowest number: mostly the parent. */
  pid: number | null;
  comm: string | null;
  /** All processes that the newest scan found to hold it: any of them may accept. */
  holders: readonly number[];
  /** The number of that scan. */
  scan: number | null;
}

/** Of a listener that more processes share, who they all are tells nobody anything. */
const MOST_HOLDERS = 500;

const UNSEEN = { holders: [], scan: null } as const;
const WILDCARDS = new Set(["0.0.0.0", "::", "*"]);

/**
 * The listening sockets of all namespaces, found by what a connection's local side says.
 *
 * With SO_REUSEPORT several listen at one address; their files' inodes tell them apart.
 */
export class ListenerTable {
  readonly #byKey = new Map<string, Listener[]>();
  readonly #byInode = new Map<number, Listener>();

  copy(): ListenerTable {
    const copy = new ListenerTable();
    for (const [key, listeners] of this.#byKey) {
      const copies = listeners.map((each) => ({ ...each }));
      copy.#byKey.set(key, copies);
      for (const each of copies) {
        const { inode } = each;
        if (inode !== null && this.#byInode.has(inode)) copy.#byInode.set(inode, each);
      }
    }
    return copy;
  }

  /** A socket entered or left LISTEN; listen() and close() run in their caller's context. */
  apply(event: TransitionEvent): void {
    const key = keyOf(event.netns, event.local, event.localPort);
    if (event.to !== "LISTEN") {
      if (event.to === "CLOSE") this.#remove(key, event.inode ?? null);
      return;
    }
    const isCaller = event.inProcess === true;
    this.#put(key, {
      netns: event.netns,
      local: event.local,
      port: event.localPort,
      inode: event.inode || null,
      pid: isCaller ? event.pid : null,
      comm: isCaller ? event.comm : null,
      ...UNSEEN,
    });
  }

  /** A LISTEN row of the socket table. */
  add(tuple: SocketTuple, inode: number): void {
    const key = keyOf(tuple.netns, tuple.local, tuple.localPort);
    const known = this.#byKey.get(key);
    if (known?.some((listener) => listener.inode === inode || inode === 0)) return;
    this.#put(key, {
      netns: tuple.netns,
      local: tuple.local,
      port: tuple.localPort,
      inode: inode || null,
      pid: null,
      comm: null,
      ...UNSEEN,
    });
  }

  /** A scan found that a process holds a file; true when it is a listener's. */
  hold({ inode, pid, comm, scan = 0 }: OwnerEvent): boolean {
    const listener = this.#byInode.get(inode);
    if (listener === undefined) return false;
    const isNewer = listener.scan !== scan;
    const others = isNewer ? [] : listener.holders.filter((each) => each !== pid);
    listener.scan = scan;
    if (others.length < MOST_HOLDERS) listener.holders = [...others, pid].sort((a, b) => a - b);
    // Who listened may be gone, and left the listener to its children.
    if (isNewer || listener.pid === null || pid < listener.pid) {
      listener.pid = pid;
      listener.comm = comm;
    }
    return true;
  }

  /** The listener that a connection came in by: the exact address before the wildcard. */
  of(tuple: SocketTuple): Listener | undefined {
    const exact = this.#byKey.get(keyOf(tuple.netns, tuple.local, tuple.localPort))?.[0];
    if (exact !== undefined) return exact;
    for (const wildcard of WILDCARDS) {
      const listener = this.#byKey.get(keyOf(tuple.netns, wildcard, tuple.localPort))?.[0];
      if (listener !== undefined) return listener;
    }
    return undefined;
  }

  *all(): Iterable<Listener> {
    for (const listeners of this.#byKey.values()) yield* listeners;
  }

  #put(key: string, listener: Listener): void {
    const others = this.#byKey.get(key)?.filter((each) => each.inode !== listener.inode) ?? [];
    this.#byKey.set(key, [listener, ...others]);
    if (listener.inode !== null) this.#byInode.set(listener.inode, listener);
  }

  /** Without an inode (no BTF) which of several has closed is not known: any one. */
  #remove(key: string, inode: number | null): void {
    const listeners = this.#byKey.get(key);
    if (listeners === undefined) return;
    const gone = listeners.find((each) => each.inode === inode) ?? listeners[0];
    if (gone !== undefined && gone.inode !== null) this.#byInode.delete(gone.inode);
    const left = listeners.filter((each) => each !== gone);
    if (left.length > 0) this.#byKey.set(key, left);
    else this.#byKey.delete(key);
  }
}

function keyOf(netns: number, local: string, port: number): string {
  return `${netns} ${local === "*" ? "::" : local} ${port}`;
}
