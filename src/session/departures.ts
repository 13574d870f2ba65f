/** Network namespaces that are no longer found: which are dead, and which inodes live again. */

import type { Trace } from "../core/fold.ts";
import { ALL_STATES } from "../host/snapshot.ts";

/** What has become of namespaces that were no longer found. */
export interface Departed {
  /** Nothing keeps these alive any more. */
  readonly dead: readonly number[];
  /** Found again: the same namespace, or another that was given the inode. */
  readonly back: readonly number[];
}

/**
 * A namespace dies when its last process, mount and full socket have gone, and its mini-sockets
 * with it and without an event (`net/ipv4/tcp_minisocks.c:tcp_twsk_purge`).
 */
export class Departures {
  readonly #trace: Trace;
  readonly #leaving = new Set<number>();

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** Take what a scan no longer found and what it found; each departure is answered once. */
  settle(gone: readonly number[], known: ReadonlyMap<number, unknown>): Departed {
    for (const inode of gone) this.#leaving.add(inode);
    const back = [...this.#leaving].filter((inode) => known.has(inode));
    const dead = [...this.#leaving].filter(
      (inode) => !known.has(inode) && !this.#hasFullSocket(inode),
    );
    for (const inode of [...back, ...dead]) this.#leaving.delete(inode);
    return { dead, back };
  }

  #hasFullSocket(netns: number): boolean {
    for (const state of ALL_STATES) {
      for (const { isMini, tuple } of this.#trace.inState(state)) {
        if (tuple.netns === netns && !isMini) return true;
      }
    }
    return false;
  }
}
