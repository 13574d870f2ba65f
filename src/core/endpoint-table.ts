/** The table of endpoints: changed in place, bounded, found by socket, tuple, inode and id. */

import type { TcpState } from "../event/tcp-state.ts";
import { TCP_STATES } from "../event/tcp-state.ts";
import type { Nanoseconds, SocketTuple } from "../event/trace-event.ts";
import { type Copier, inSteps } from "./copier.ts";
import { EndedList } from "./ended-list.ts";
import { EndpointRecord } from "./endpoint-record.ts";
import { Packer } from "./packer.ts";
import { PairIndex } from "./pair-index.ts";
import { PortUse } from "./port-use.ts";
import type { Rest } from "./rest.ts";
import { Roll } from "./roll.ts";
import { RouteBook } from "./route.ts";
import { SocketIndex } from "./socket-index.ts";
import { StateList } from "./state-list.ts";

/** What happens to an endpoint that is dropped for want of room. */
export type EvictionListener = (endpoint: EndpointRecord) => void;

/**
 * Everything that is remembered about endpoints.
 *
 * Kernel addresses are recycled within microseconds and tuples within seconds, so the maps by
 * socket and by tuple hold the living generation only; ended endpoints stay in `byId`, oldest
 * ended evicted first.
 */
export class EndpointTable {
  byId = new Roll();
  #bySocket = new SocketIndex();
  readonly #byInode = new Map<number, EndpointRecord>();
  #byPair = new PairIndex();
  readonly #byState = emptyLists();
  readonly #routes = new RouteBook();
  readonly #packer = new Packer();
  #ended = new EndedList();
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
    yield* copier.endpoints(this.byId);
    const { of } = copier;
    copy.byId = yield* this.byId.copySteps(of);
    copy.#bySocket = yield* this.#bySocket.copySteps(of);
    yield* inSteps(this.#byInode, ([inode, each]) => copy.#byInode.set(inode, of(each)));
    copy.#byPair = yield* this.#byPair.copySteps(of);
    for (const state of Object.keys(this.#byState) as TcpState[]) {
      copy.#byState[state] = this.#byState[state].copy(of);
    }
    copy.#ended = yield* this.#ended.copySteps(copier);
    yield;
    copy.#births = this.#births;
    copy.idOf = this.idOf;
    copy.evicted = this.evicted;
    copy.evictedAlive = this.evictedAlive;
    copy.ports = this.ports.copy(copier);
    return copy;
  }

  /** Living endpoints in a state, in order of entry. */
  inState(state: TcpState): StateList {
    return this.#byState[state];
  }

  /** How many addresses are known apart; bounded by the endpoints that are kept. */
  get addresses(): number {
    return this.#routes.addresses;
  }

  get alive(): number {
    return this.byId.size - this.#ended.size;
  }

  bySocket(sk: string): EndpointRecord | undefined {
    return this.#bySocket.get(sk);
  }

  /** The newest living endpoint with exactly this tuple in this namespace. */
  byTuple(tuple: SocketTuple): EndpointRecord | undefined {
    return this.#byPair.get(tuple);
  }

  /** Whether an endpoint with this tuple ended at `since` or later. */
  hasEndedSince(tuple: SocketTuple, since: Nanoseconds): boolean {
    return this.#ended.hasSince(tuple, since);
  }

  byInode(inode: number): EndpointRecord | undefined {
    return this.#byInode.get(inode);
  }

  /** Put a new endpoint into the table. */
  add(tuple: SocketTuple, sk: string | null, state: TcpState, at: Nanoseconds): EndpointRecord {
    if (this.alive >= this.#maxAlive) this.#evictAlive();
    const no = this.idOf(++this.#births);
    const route = this.#routes.get(tuple, this.byId.size);
    const endpoint = new EndpointRecord(no, tuple, sk, state, at, route);
    this.byId.add(endpoint);
    if (sk !== null) this.#bySocket.add(endpoint);
    this.#byState[state].add(endpoint);
    this.#index(endpoint);
    return endpoint;
  }

  /** Put endpoints back that rest, and that nobody has told of here. */
  adopt(rests: readonly Rest[]): EndpointRecord[] {
    const adopted = rests.map((rest) => {
      const endpoint = EndpointRecord.atRest(rest, this.#packer.put);
      this.#byState[endpoint.state].add(endpoint);
      this.#byPair.add(endpoint);
      this.ports.add(endpoint, rest.takesPort);
      this.ports.becameMini(endpoint);
      return endpoint;
    });
    this.byId.merge(adopted);
    return adopted;
  }

  /** Attach a kernel socket to an endpoint that was known by its tuple only. */
  attach(endpoint: EndpointRecord, sk: string): void {
    endpoint.sk = sk;
    this.#bySocket.add(endpoint);
  }

  /** The full socket is gone; its address may be anyone's from now on. */
  detach(endpoint: EndpointRecord): void {
    this.#bySocket.remove(endpoint);
    endpoint.sk = null;
  }

  /** Give an endpoint its real tuple; SYN_SENT begins with source port 0. */
  retuple(endpoint: EndpointRecord, tuple: SocketTuple): void {
    this.#unindex(endpoint);
    endpoint.retuple(tuple, this.#routes.get(tuple, this.byId.size));
    this.#index(endpoint);
  }

  /** Let an endpoint be found by the inode of its socket file; most never need to be. */
  indexInode(endpoint: EndpointRecord, inode: number): void {
    if (endpoint.inode !== inode) this.forgetInode(endpoint);
    endpoint.inode = inode;
    if (inode > 0) this.#byInode.set(inode, endpoint);
  }

  /** Let no inode lead to it. The number is given again: it may be another endpoint's by now. */
  forgetInode(endpoint: EndpointRecord): void {
    const { inode } = endpoint;
    if (inode && this.#byInode.get(inode) === endpoint) this.#byInode.delete(inode);
  }

  setState(endpoint: EndpointRecord, state: TcpState): void {
    if (endpoint.state === state) return;
    this.#byState[endpoint.state].remove(endpoint);
    endpoint.state = state;
    if (endpoint.endedAt === null) this.#byState[state].add(endpoint);
  }

  /** Take an endpoint out of all maps of the living; it stays to be reported. */
  end(endpoint: EndpointRecord, at: Nanoseconds): void {
    if (endpoint.endedAt !== null) return;
    endpoint.endedAt = at;
    this.detach(endpoint);
    this.forgetInode(endpoint);
    this.#unindex(endpoint);
    this.#byState[endpoint.state].remove(endpoint);
    endpoint.state = "CLOSE";
    endpoint.isMini = false;
    endpoint.expiresAt = null;
    this.#ended.push(endpoint);
    this.pack(endpoint);
    if (this.#ended.size > this.#maxEnded) this.#evictEnded();
  }

  /** Keep one in less room that has ended, or that waits as a mini-socket. */
  pack(endpoint: EndpointRecord): void {
    this.#packer.take(endpoint);
  }

  /** Living endpoints that could be the other end: the same pair, the other way round. */
  candidates(endpoint: EndpointRecord): EndpointRecord[] {
    return this.#byPair.facing(endpoint);
  }

  /** An endpoint without a port yet is nobody's other end, and takes no port. */
  #index(endpoint: EndpointRecord): void {
    if (!endpoint.hasPorts) return;
    this.#byPair.add(endpoint);
    this.ports.add(endpoint);
  }

  #unindex(endpoint: EndpointRecord): void {
    if (this.#byPair.remove(endpoint)) this.ports.remove(endpoint);
  }

  #evictEnded(): void {
    this.#forget(this.#ended.shift());
  }

  /** Ended ones go first; then the oldest of those that are only established. */
  #evictAlive(): void {
    if (this.#ended.size > 0) {
      this.#evictEnded();
      return;
    }
    const oldest = this.#byState.ESTABLISHED.first ?? this.byId.first;
    if (oldest === undefined) return;
    this.#byState[oldest.state].remove(oldest);
    this.detach(oldest);
    this.forgetInode(oldest);
    this.#unindex(oldest);
    this.#forget(oldest);
    // Its timer may still run out: it must not leave a list that it is no longer in.
    oldest.endedAt = oldest.touchedAt;
    this.evictedAlive++;
  }

  #forget(endpoint: EndpointRecord): void {
    this.byId.remove(endpoint);
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
