/** The table of endpoints: changed in place, bounded, found by socket, tuple, inode and id. */

import type { TcpState } from "../event/tcp-state.ts";
import { TCP_STATES } from "../event/tcp-state.ts";
import type { Nanoseconds, SocketTuple } from "../event/trace-event.ts";
import { type Copier, inSteps } from "./copier.ts";
import type { Endpoint } from "./endpoint.ts";
import { isReverse, isSame, pairKey } from "./pair-key.ts";
import { PortUse } from "./port-use.ts";
import { type EndpointList, StateList } from "./state-list.ts";

/** Most endpoints never have one of these: they share an empty list until they do. */
const NONE: readonly never[] = [];

/** What happens to an endpoint that is dropped for want of room. */
export type EvictionListener = (endpoint: Endpoint) => void;

/**
 * Everything that is remembered about endpoints.
 *
 * Kernel addresses are recycled within microseconds and tuples within seconds, so the maps by
 * socket and by tuple hold the living generation only; ended endpoints stay in `byId`, oldest
 * ended evicted first.
 */
export class EndpointTable {
  readonly byId = new Map<string, Endpoint>();
  readonly #bySocket = new Map<string, Endpoint>();
  readonly #byInode = new Map<number, Endpoint>();
  /**
   * Living endpoints by address pair without namespace: both ends, in every namespace, of every
   * generation that still lives. Nearly always one or two, so one map serves both questions.
   */
  readonly #byPair = new Map<string, Endpoint[]>();
  readonly #byState = emptyLists();
  readonly #ended: Endpoint[] = [];
  #endedHead = 0;
  #births = 0;
  readonly #maxEnded: number;
  readonly #maxAlive: number;
  readonly #onEvict: EvictionListener;
  /** The number of the nth endpoint: it may be one of a trace that goes on here. */
  idOf = (birth: number): number => birth;
  /** How many were dropped for want of room. */
  evicted = 0;
  /** How many of them still lived. */
  evictedAlive = 0;
  /** Local ports by destination, and mini-sockets by namespace. */
  ports = new PortUse();

  constructor(maxEnded: number, maxAlive: number, onEvict: EvictionListener) {
    this.#maxEnded = maxEnded;
    this.#maxAlive = maxAlive;
    this.#onEvict = onEvict;
  }

  /** A table of copies to go on with, made in steps between which this one must not change. */
  *copySteps(copier: Copier, onEvict: EvictionListener): Generator<void, EndpointTable> {
    const copy = new EndpointTable(this.#maxEnded, this.#maxAlive, onEvict);
    yield* copier.endpoints(this.byId.values());
    const { of } = copier;
    yield* inSteps(this.byId, ([id, each]) => copy.byId.set(id, of(each)));
    yield* inSteps(this.#bySocket, ([sk, each]) => copy.#bySocket.set(sk, of(each)));
    yield* inSteps(this.#byInode, ([inode, each]) => copy.#byInode.set(inode, of(each)));
    yield* inSteps(this.#byPair, ([key, pair]) => copy.#byPair.set(key, pair.map(of)));
    for (const state of Object.keys(this.#byState) as TcpState[]) {
      copy.#byState[state] = this.#byState[state].copy(of);
    }
    yield* copier.all(this.#ended.slice(this.#endedHead), (each) => copy.#ended.push(each));
    yield;
    copy.#births = this.#births;
    copy.idOf = this.idOf;
    copy.evicted = this.evicted;
    copy.evictedAlive = this.evictedAlive;
    copy.ports = this.ports.copy(copier);
    return copy;
  }

  /** Living endpoints in a state, in order of entry. */
  inState(state: TcpState): EndpointList {
    return this.#byState[state];
  }

  get alive(): number {
    return this.byId.size - (this.#ended.length - this.#endedHead);
  }

  bySocket(sk: string): Endpoint | undefined {
    return this.#bySocket.get(sk);
  }

  /** The newest living endpoint with exactly this tuple in this namespace. */
  byTuple(tuple: SocketTuple): Endpoint | undefined {
    const pair = this.#byPair.get(pairKey(tuple));
    if (pair === undefined) return undefined;
    for (let i = pair.length - 1; i >= 0; i--) {
      const endpoint = pair[i] as Endpoint;
      if (isSame(endpoint.tuple, tuple)) return endpoint;
    }
    return undefined;
  }

  /** Whether an endpoint with this tuple ended at `since` or later. */
  hasEndedSince(tuple: SocketTuple, since: Nanoseconds): boolean {
    for (let i = this.#ended.length - 1; i >= this.#endedHead; i--) {
      const endpoint = this.#ended[i] as Endpoint;
      if ((endpoint.endedAt as Nanoseconds) < since) return false;
      if (isSame(endpoint.tuple, tuple)) return true;
    }
    return false;
  }

  byInode(inode: number): Endpoint | undefined {
    return this.#byInode.get(inode);
  }

  /** Put a new endpoint into the table. */
  add(tuple: SocketTuple, sk: string | null, state: TcpState, at: Nanoseconds): Endpoint {
    if (this.alive >= this.#maxAlive) this.#evictAlive();
    const endpoint: Endpoint = {
      id: `e${this.idOf(++this.#births)}`,
      tuple,
      pairKey: "",
      sk,
      direction: null,
      state,
      isMini: false,
      bornAt: at,
      endedAt: null,
      teardownAt: null,
      expiresAt: null,
      role: "none",
      trigger: null,
      verdict: null,
      orphan: false,
      owner: null,
      holders: NONE,
      unread: null,
      unreadBytes: null,
      eofRead: false,
      inode: null,
      phases: NONE,
      waves: NONE,
      lostWave: null,
      resends: NONE,
      rttMs: null,
      bytesSent: null,
      bytesReceived: null,
      peer: null,
      hasDoubtfulPeer: false,
      isComplete: true,
      reset: null,
      touchedAt: at,
      lastDump: 0,
      note: null,
      ports: null,
      teardownNo: 0,
      previousInState: null,
      nextInState: null,
    };
    this.byId.set(endpoint.id, endpoint);
    if (sk !== null) this.#bySocket.set(sk, endpoint);
    this.#byState[state].add(endpoint);
    this.#index(endpoint);
    return endpoint;
  }

  /** Attach a kernel socket to an endpoint that was known by its tuple only. */
  attach(endpoint: Endpoint, sk: string): void {
    endpoint.sk = sk;
    this.#bySocket.set(sk, endpoint);
  }

  /** The full socket is gone; its address may be anyone's from now on. */
  detach(endpoint: Endpoint): void {
    if (endpoint.sk !== null && this.#bySocket.get(endpoint.sk) === endpoint) {
      this.#bySocket.delete(endpoint.sk);
    }
    endpoint.sk = null;
  }

  /** Give an endpoint its real tuple; SYN_SENT begins with source port 0. */
  retuple(endpoint: Endpoint, tuple: SocketTuple): void {
    this.#unindex(endpoint);
    endpoint.tuple = tuple;
    this.#index(endpoint);
  }

  /** Let an endpoint be found by the inode of its socket file; most never need to be. */
  indexInode(endpoint: Endpoint, inode: number): void {
    if (endpoint.inode !== inode) this.#forgetInode(endpoint);
    endpoint.inode = inode;
    if (inode > 0) this.#byInode.set(inode, endpoint);
  }

  /** An inode number is given again: it may be another endpoint's by now. */
  #forgetInode(endpoint: Endpoint): void {
    const { inode } = endpoint;
    if (inode && this.#byInode.get(inode) === endpoint) this.#byInode.delete(inode);
  }

  setState(endpoint: Endpoint, state: TcpState): void {
    if (endpoint.state === state) return;
    this.#byState[endpoint.state].remove(endpoint);
    endpoint.state = state;
    if (endpoint.endedAt === null) this.#byState[state].add(endpoint);
  }

  /** Take an endpoint out of all maps of the living; it stays to be reported. */
  end(endpoint: Endpoint, at: Nanoseconds): void {
    if (endpoint.endedAt !== null) return;
    endpoint.endedAt = at;
    this.detach(endpoint);
    this.#forgetInode(endpoint);
    this.#unindex(endpoint);
    this.#byState[endpoint.state].remove(endpoint);
    endpoint.state = "CLOSE";
    endpoint.isMini = false;
    endpoint.expiresAt = null;
    this.#ended.push(endpoint);
    if (this.#ended.length - this.#endedHead > this.#maxEnded) this.#evictEnded();
  }

  /** Living endpoints that could be the other end: the same pair, the other way round. */
  candidates(endpoint: Endpoint): Endpoint[] {
    const pair = this.#byPair.get(endpoint.pairKey) ?? [];
    return pair.filter((other) => other !== endpoint && isReverse(other.tuple, endpoint.tuple));
  }

  #index(endpoint: Endpoint): void {
    const { tuple } = endpoint;
    if (tuple.localPort === 0 || tuple.remotePort === 0) return;
    const key = pairKey(tuple);
    endpoint.pairKey = key;
    const pair = this.#byPair.get(key);
    if (pair === undefined) this.#byPair.set(key, [endpoint]);
    else pair.push(endpoint);
    this.ports.add(endpoint);
  }

  #unindex(endpoint: Endpoint): void {
    const key = endpoint.pairKey;
    if (key === "") return;
    const pair = this.#byPair.get(key);
    const at = pair?.indexOf(endpoint) ?? -1;
    if (pair === undefined || at < 0) return;
    this.ports.remove(endpoint);
    if (pair.length === 1) this.#byPair.delete(key);
    else pair.splice(at, 1);
  }

  #evictEnded(): void {
    const oldest = this.#ended[this.#endedHead++] as Endpoint;
    this.#forget(oldest);
    if (this.#endedHead > 4096 && this.#endedHead * 2 > this.#ended.length) {
      this.#ended.splice(0, this.#endedHead);
      this.#endedHead = 0;
    }
  }

  /** Ended ones go first; then the oldest of those that are only established. */
  #evictAlive(): void {
    if (this.#ended.length > this.#endedHead) {
      this.#evictEnded();
      return;
    }
    const oldest = this.#byState.ESTABLISHED.first ?? this.byId.values().next().value;
    if (oldest === undefined) return;
    this.#byState[oldest.state].remove(oldest);
    this.detach(oldest);
    this.#forgetInode(oldest);
    this.#unindex(oldest);
    this.#forget(oldest);
    // Its timer may still run out: it must not leave a list that it is no longer in.
    oldest.endedAt = oldest.touchedAt;
    this.evictedAlive++;
  }

  #forget(endpoint: Endpoint): void {
    this.byId.delete(endpoint.id);
    if (endpoint.peer?.peer === endpoint) endpoint.peer.peer = null;
    this.evicted++;
    this.#onEvict(endpoint);
  }
}

function emptyLists(): Record<TcpState, StateList> {
  const names = TCP_STATES.filter((state) => state !== null);
  return Object.fromEntries(names.map((state) => [state, new StateList()])) as Record<
    TcpState,
    StateList
  >;
}
