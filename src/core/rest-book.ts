/** Chooses, of the endpoints that a present depends on, those that a row tells of, and keeps who has been told of. */

import type { TraceEvent } from "../event/trace-event.ts";
import { wasScanned } from "./apply-owner.ts";
import type { Endpoint } from "./endpoint.ts";
import { EndpointRecord } from "./endpoint-record.ts";
import type { Trace } from "./fold.ts";
import type { Follower } from "./follower.ts";
import type { Rest } from "./rest.ts";
import type { RestOrder } from "./resume.ts";
import { ToldRows } from "./told-rows.ts";

/** Rows of a block that still hold, by their places in it. */
export interface RestPick {
  readonly block: number;
  readonly places: readonly number[];
}

/** All rows that a present depends on. */
export interface RestList {
  /** What makes up the next block: rows that are in none yet, or have changed since. */
  readonly fresh: readonly Rest[];
  /** The rows of all blocks, the next one's included, the oldest block first. */
  readonly picks: readonly RestPick[];
  readonly order: RestOrder;
}

/**
 * A connection waits a minute after its last event. Told by its events it costs seven lines of the
 * recording, parsed and folded again; told by a row that is written down once for all the moments
 * of that minute, some fifty bytes.
 *
 * A row tells of its endpoint alone. So whose story another's depends on, or has an event in
 * common with, goes by events where that one does.
 */
export class RestBook {
  readonly #trace: Trace;
  readonly #follower: Follower;
  readonly #sharers = new WeakMap<Endpoint, Set<Endpoint>>();
  /** A mini-socket has no file: what one leads to it by is another's, whose inode is the same. */
  readonly #misfiled = new WeakSet<Endpoint>();
  readonly #told = new ToldRows();
  #blocks = 0;

  constructor(trace: Trace, follower: Follower) {
    this.#trace = trace;
    this.#follower = follower;
  }

  /** One event was about all of these. */
  note({ type }: TraceEvent, endpoints: readonly Endpoint[]): void {
    if (type === "owner" || type === "use") {
      for (const each of endpoints) if (each.isMini) this.#misfiled.add(each);
    }
    // Whom a dump ends is many at once, and rests no more.
    if (endpoints.length < 2 || type === "snapshot-end") return;
    for (const each of endpoints) {
      const sharers = this.#sharers.get(each) ?? new Set();
      for (const other of endpoints) if (other !== each) sharers.add(other);
      this.#sharers.set(each, sharers);
    }
  }

  /** Part the chosen into those that rows tell of and those that events must. */
  part(chosen: Iterable<Endpoint>): { rests: RestList; others: Set<Endpoint> } {
    const { awaited, order } = this.#trace.standing();
    const mayRest = (each: Endpoint): each is EndpointRecord =>
      each instanceof EndpointRecord && !awaited.has(each) && this.#mayRest(each);
    const resting: EndpointRecord[] = [];
    const others = new Set<Endpoint>();
    for (const each of chosen) {
      if (mayRest(each)) resting.push(each);
      else others.add(each);
    }
    // A set hands out what is added while it is walked.
    for (const each of others) {
      const known = [each.peer, ...this.#follower.successorsOf(each)];
      for (const other of [...known, ...(this.#sharers.get(each) ?? [])]) {
        if (other !== null && mayRest(other)) others.add(other);
      }
    }
    const list = this.#list(resting.filter((each) => !others.has(each)));
    return { rests: { ...list, order }, others };
  }

  #mayRest(endpoint: EndpointRecord): boolean {
    const { isMini, endedAt, peer, inode, hasPorts } = endpoint;
    if (!isMini || endedAt !== null || peer !== null || !hasPorts) return false;
    if (this.#misfiled.has(endpoint) || this.#follower.doubtfulPairsOf(endpoint).length > 0)
      return false;
    // By its file it may still be found.
    if (inode !== null && this.#trace.endpointOfInode(inode) === endpoint) return false;
    if (this.#told.has(endpoint)) return true;
    return !wasScanned(endpoint) && (endpoint.row?.figures.every(Number.isSafeInteger) ?? false);
  }

  #list(resting: readonly EndpointRecord[]): Omit<RestList, "order"> {
    const fresh: Rest[] = [];
    const told = this.#told;
    const picks = new Map<number, number[]>();
    for (const endpoint of resting) {
      if (!told.has(endpoint)) {
        told.add(endpoint, this.#blocks, fresh.length);
        fresh.push(restOf(endpoint));
      }
      const { block, at } = told.placeOf(endpoint);
      const places = picks.get(block);
      if (places === undefined) picks.set(block, [at]);
      else places.push(at);
    }
    if (fresh.length > 0) this.#blocks++;
    // Who has changed since stands in a later block than those that came to be after it.
    const inOrder = [...picks].map(([block, places]) => ({ block, places: rising(places) }));
    return { fresh, picks: inOrder.sort((a, b) => a.block - b.block) };
  }
}

function rising(numbers: number[]): number[] {
  return numbers.sort((a, b) => a - b);
}

function restOf(endpoint: EndpointRecord): Rest {
  const { no, localPort, remotePort, way: route, ports, row } = endpoint;
  return { no, localPort, remotePort, route, takesPort: ports !== null, row: row as Rest["row"] };
}
