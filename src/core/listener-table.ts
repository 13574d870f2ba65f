/** Who listens where: the owner of connections that nobody has accepted yet. */

import type { SocketTuple, TransitionEvent } from "../event/trace-event.ts";

/** A listening socket. It is no endpoint. */
export interface Listener {
  readonly netns: number;
  readonly local: string;
  readonly port: number;
  inode: number | null;
  pid: number | null;
  comm: string | null;
}

const WILDCARDS = new Set(["0.0.0.0", "::", "*"]);

/** The listening sockets of all namespaces, found by what a connection's local side says. */
export class ListenerTable {
  readonly #byKey = new Map<string, Listener>();
  readonly #byInode = new Map<number, Listener>();

  /** A socket entered or left LISTEN; listen() and close() run in their caller's context. */
  apply(event: TransitionEvent): void {
    const key = keyOf(event.netns, event.local, event.localPort);
    if (event.to !== "LISTEN") {
      if (event.to === "CLOSE") this.#remove(key);
      return;
    }
    const isCaller = event.inProcess === true;
    this.#put(key, {
      netns: event.netns,
      local: event.local,
      port: event.localPort,
      inode: event.inode ?? null,
      pid: isCaller ? event.pid : null,
      comm: isCaller ? event.comm : null,
    });
  }

  /** A LISTEN row of the socket table. */
  add(tuple: SocketTuple, inode: number): void {
    const key = keyOf(tuple.netns, tuple.local, tuple.localPort);
    const known = this.#byKey.get(key);
    if (known !== undefined && (known.inode === inode || inode === 0)) return;
    this.#put(key, {
      netns: tuple.netns,
      local: tuple.local,
      port: tuple.localPort,
      inode: inode || null,
      pid: null,
      comm: null,
    });
  }

  /** A process holds the file with this inode; true when it is a listener's. */
  hold(inode: number, pid: number, comm: string): boolean {
    const listener = this.#byInode.get(inode);
    if (listener === undefined) return false;
    if (listener.pid === null || pid < listener.pid) {
      listener.pid = pid;
      listener.comm = comm;
    }
    return true;
  }

  /** The listener that a connection came in by: the exact address before the wildcard. */
  of(tuple: SocketTuple): Listener | undefined {
    const exact = this.#byKey.get(keyOf(tuple.netns, tuple.local, tuple.localPort));
    if (exact !== undefined) return exact;
    for (const wildcard of WILDCARDS) {
      const listener = this.#byKey.get(keyOf(tuple.netns, wildcard, tuple.localPort));
      if (listener !== undefined) return listener;
    }
    return undefined;
  }

  all(): Iterable<Listener> {
    return this.#byKey.values();
  }

  #put(key: string, listener: Listener): void {
    this.#remove(key);
    this.#byKey.set(key, listener);
    if (listener.inode) this.#byInode.set(listener.inode, listener);
  }

  #remove(key: string): void {
    const listener = this.#byKey.get(key);
    if (listener === undefined) return;
    this.#byKey.delete(key);
    if (listener.inode) this.#byInode.delete(listener.inode);
  }
}

function keyOf(netns: number, local: string, port: number): string {
  return `${netns} ${local === "*" ? "::" : local} ${port}`;
}
