/** Chooses, of the endpoints that a present depends on, those that a row tells of, and keeps who has been told of. */

import type { TraceEvent } from "../event/trace-event.ts";
import { wasScanned } from "./apply-owner.ts";
import type { Endpoint } from "./endpoint.ts";
import { EndpointRecord } from "./endpoint-record.ts";
import type { Trace } from "./fold.ts";
import type { Follower } from "./follower.ts";
import type { RowPlace } from "./packer.ts";
import type { Rest } from "./rest.ts";
import type { RestOrder } from "./resume.ts";

/** Where a row has been written down, and what it was of. */
interface Told extends RowPlace {
  readonly touchedAt: number;
  readonly lastDump: number;
  readonly expiresAt: number | null;
  /** Number of the block, and the place in it. */
  readonly block: number;
  readonly at: number;
}

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
  #told = new Map<EndpointRecord, Told>();
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

  /** Take those out of the chosen that rows tell of. */
  takeFrom(chosen: Set<Endpoint>): RestList {
    const { awaited, order } = this.#trace.standing();
    const resting = new Set<EndpointRecord>();
    for (const each of chosen) {
      if (each instanceof EndpointRecord && !awaited.has(each) && this.#mayRest(each)) {
        resting.add(each);
        chosen.delete(each);
      }
    }
    // A set hands out what is added while it is walked.
    for (const each of chosen) {
      const others = [each.peer, ...this.#follower.successorsOf(each)];
      for (const other of [...others, ...(this.#sharers.get(each) ?? [])]) {
        if (other instanceof EndpointRecord && resting.delete(other)) chosen.add(other);
      }
    }
    return { ...this.#list(resting), order };
  }

  #mayRest(endpoint: EndpointRecord): boolean {
    const { isMini, endedAt, peer, inode, hasPorts } = endpoint;
    if (!isMini || endedAt !== null || peer !== null || !hasPorts) return false;
    if (this.#misfiled.has(endpoint) || this.#follower.hadDoubtfulPeer(endpoint)) return false;
    // By its file it may still be found.
    if (inode !== null && this.#trace.endpointOfInode(inode) === endpoint) return false;
    if (this.#toldOf(endpoint) !== undefined) return true;
    return !wasScanned(endpoint) && (endpoint.row?.figures.every(Number.isSafeInteger) ?? false);
  }

  /** Where its row has been written down, unless it says something else by now. */
  #toldOf(endpoint: EndpointRecord): Told | undefined {
    const told = this.#told.get(endpoint);
    if (told === undefined || !endpoint.isAt(told)) return undefined;
    const { touchedAt, lastDump, expiresAt } = endpoint;
    const isSame =
      told.touchedAt === touchedAt && told.lastDump === lastDump && told.expiresAt === expiresAt;
    return isSame ? told : undefined;
  }

  #list(resting: Iterable<EndpointRecord>): Omit<RestList, "order"> {
    const fresh: Rest[] = [];
    const picks = new Map<number, number[]>();
    const told = new Map<EndpointRecord, Told>();
    for (const endpoint of resting) {
      let place = this.#toldOf(endpoint);
      if (place === undefined) {
        place = toldNow(endpoint, this.#blocks, fresh.length);
        fresh.push(restOf(endpoint));
      }
      told.set(endpoint, place);
      const places = picks.get(place.block);
      if (places === undefined) picks.set(place.block, [place.at]);
      else places.push(place.at);
    }
    this.#told = told;
    if (fresh.length > 0) this.#blocks++;
    // Who has changed since stands in a later block than those that came to be after it.
    const inOrder = [...picks].map(([block, places]) => ({ block, places: rising(places) }));
    return { fresh, picks: inOrder.sort((a, b) => a.block - b.block) };
  }
}

function rising(numbers: number[]): number[] {
  return numbers.sort((a, b) => a - b);
}

function toldNow(endpoint: EndpointRecord, block: number, at: number): Told {
  const { touchedAt, lastDump, expiresAt } = endpoint;
  return { ...(endpoint.rowPlace as RowPlace), touchedAt, lastDump, expiresAt, block, at };
}

function restOf(endpoint: EndpointRecord): Rest {
  const { no, localPort, remotePort, way: route, ports, row } = endpoint;
  return { no, localPort, remotePort, route, takesPort: ports !== null, row: row as Rest["row"] };
}
