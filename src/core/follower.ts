/** Follows a trace event by event and tells which endpoints each event spoke of. */

import type { SocketTuple, TraceEvent, TransitionEvent } from "../event/trace-event.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Trace } from "./fold.ts";
import { HolderHistory, holdersOf } from "./holder-history.ts";
import { isPortOfBefore } from "./identify.ts";
import { ListenerPlaces } from "./listener-places.ts";

/** What one event was about, as the fold took it. */
export interface Touch {
  /** The endpoints that it changed or was looked up for; not those whose place another took. */
  readonly endpoints: readonly Endpoint[];
  /** The endpoint that began with it. */
  readonly born: Endpoint | null;
  /** The place of a listening socket that it tells of, see `placeOf`. */
  readonly listener: string | null;
}

/**
 * Steps a trace and keeps, beside it, what the trace forgets: whose socket was closed last
 * at an address, who ended whom by taking the place over, and which processes held an endpoint before.
 *
 * The fold finds an endpoint by socket, tuple or inode and does not tell. Here the same questions
 * are asked around each step, so that a part of a recording can be told from the rest. Memory is
 * bounded by endpoints: socket addresses are recycled.
 */
export class Follower {
  readonly #trace: Trace;
  readonly #closed = new Map<string, Endpoint>();
  readonly #listeners = new ListenerPlaces();
  readonly #successors = new Map<Endpoint, readonly Endpoint[]>();
  /** Pairs of addresses and ports of which several endpoints could be one end. */
  readonly #doubted = new Set<string>();
  /** Such pairs of endpoints that have another since: a socket that connects anew. */
  readonly #formerPairs = new Map<Endpoint, readonly string[]>();
  readonly #holders = new HolderHistory();
  #nextId = 1;

  /** @param trace one that has taken no event yet */
  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** Let the trace take one event. */
  step(event: TraceEvent): Touch {
    const trace = this.#trace;
    // Timers that run out before the event end endpoints that it would seem to touch.
    trace.advance(event.t);
    const listener = this.#listeners.take(event);
    const candidates = listener === null ? this.#candidates(event) : [];
    const before = candidates.map((endpoint) => lookAt(endpoint, this.#doubted.size > 0));
    trace.step(event);
    const born = this.#newborn();
    const endpoints = born === null ? this.#touched(event, before) : [born];
    this.#noteSuccessor(before, endpoints);
    for (const { endpoint, pids, pairKey } of before) {
      this.#holders.note(endpoint, pids);
      if (pairKey !== null && endpoint.pairKey !== pairKey) this.#noteFormerPair(endpoint, pairKey);
    }
    for (const endpoint of endpoints) {
      if (endpoint.hasDoubtfulPeer) this.#doubted.add(endpoint.pairKey);
    }
    const [first] = endpoints;
    if (event.type === "transition" && event.to === "CLOSE" && first !== undefined) {
      this.#closed.set(event.sk, first);
    }
    return { endpoints, born, listener };
  }

  /** The endpoints that took this one's socket or tuple over and so changed or ended it. */
  successorsOf(endpoint: Endpoint): readonly Endpoint[] {
    return this.#successors.get(endpoint) ?? [];
  }

  /** Its pairs of which several endpoints could be the other end at any time. */
  doubtfulPairsOf(endpoint: Endpoint): readonly string[] {
    if (this.#doubted.size === 0) return [];
    const { pairKey } = endpoint;
    const former = this.#formerPairs.get(endpoint) ?? [];
    return this.#doubted.has(pairKey) ? [pairKey, ...former] : former;
  }

  /** Every process that owned or held it at any time. */
  pidsOf(endpoint: Endpoint): readonly number[] {
    return this.#holders.of(endpoint);
  }

  /** Every process that held a listener of this place. */
  listenerPids(place: string): Iterable<number> {
    return this.#listeners.pidsAt(place);
  }

  #newborn(): Endpoint | null {
    const born = this.#trace.endpoint(`e${this.#nextId}`);
    if (born === undefined) return null;
    this.#nextId++;
    return born;
  }

  /** Whom the event may change, as things stand before it. */
  #candidates(event: TraceEvent): Endpoint[] {
    switch (event.type) {
      case "transition":
        return this.#changedBy(event);
      case "retransmit":
        return distinct(this.#trace.endpointOfSocket(event.sk), this.#trace.endpointOf(event));
      case "reset":
        // The RST of a CLOSE may come just after it, when the address is nobody's any more.
        return event.sk === null
          ? distinct(this.#trace.endpointOf(event))
          : distinct(
              this.#trace.endpointOfSocket(event.sk),
              this.#closed.get(event.sk),
              this.#trace.endpointOf(event),
            );
      case "open":
      case "read":
        return distinct(this.#trace.endpointOfSocket(event.sk));
      case "use":
        return distinct(
          this.#trace.endpointOfSocket(event.sk) ?? this.#trace.endpointOfInode(event.inode),
        );
      case "destroy":
        return distinct(this.#closed.get(event.sk));
      case "mini-segment":
      case "mini-end":
      case "snapshot":
        return distinct(this.#trace.endpointOf(event));
      case "snapshot-end":
        return this.#absentFrom(event);
      case "owner":
        return distinct(this.#trace.endpointOfInode(event.inode));
      default:
        return [];
    }
  }

  /** First the one that it changes if it begins no life; the other one's place is taken then. */
  #changedBy(event: TransitionEvent): Endpoint[] {
    if (event.from === "CLOSE" && event.to !== "SYN_SENT") return [];
    const known = this.#trace.endpointOfSocket(event.sk);
    const twin = this.#trace.endpointOf(event);
    const isKnown = known === undefined || isOf(event, known) || isPortOfBefore(known, event);
    return isKnown ? distinct(known, twin) : distinct(twin, known);
  }

  /** Whom a dump of the socket table did not list; the fold decides who of them is gone. */
  #absentFrom(event: TraceEvent & { type: "snapshot-end" }): Endpoint[] {
    const absent: Endpoint[] = [];
    for (const state of event.states) {
      for (const endpoint of this.#trace.inState(state)) {
        if (endpoint.tuple.netns !== event.netns || endpoint.lastDump >= event.dump) continue;
        absent.push(endpoint);
      }
    }
    return absent;
  }

  #touched(event: TraceEvent, before: readonly Look[]): readonly Endpoint[] {
    const candidates = before.map(({ endpoint }) => endpoint);
    switch (event.type) {
      case "transition":
        return candidates.slice(0, 1);
      case "retransmit":
        return orAll(
          candidates,
          candidates.filter(({ touchedAt }) => touchedAt === event.t),
        );
      case "reset": {
        const changed = before.filter(({ endpoint, reset }) => endpoint.reset !== reset);
        return orAll(
          candidates.filter(({ tuple }) => hasPorts(tuple, event)),
          changed.map(({ endpoint }) => endpoint),
        );
      }
      case "destroy":
        // It was another life's, with a birth between that this one knows nothing of.
        return candidates.filter(({ orphan, endedAt }) => orphan || endedAt !== null);
      case "snapshot":
        // A connect() under way gets its port from the row, and is found by it only then.
        return candidates.length > 0 ? candidates : distinct(this.#trace.endpointOf(event));
      case "snapshot-end":
        return candidates.filter(({ endedAt }) => endedAt !== null);
      default:
        return candidates;
    }
  }

  #noteSuccessor(before: readonly Look[], endpoints: readonly Endpoint[]): void {
    const [first] = endpoints;
    if (first === undefined) return;
    for (const { endpoint, hasSocket } of before) {
      const isOverrun = endpoint.endedAt !== null || (hasSocket && !endpoint.hasSocket);
      if (!isOverrun || endpoints.includes(endpoint)) continue;
      this.#successors.set(endpoint, [...this.successorsOf(endpoint), first]);
    }
  }

  #noteFormerPair(endpoint: Endpoint, pairKey: string): void {
    const known = this.#formerPairs.get(endpoint) ?? [];
    if (!this.#doubted.has(pairKey) || known.includes(pairKey)) return;
    this.#formerPairs.set(endpoint, [...known, pairKey]);
  }
}

/** An endpoint as it was before an event. */
interface Look {
  readonly endpoint: Endpoint;
  readonly hasSocket: boolean;
  readonly reset: Endpoint["reset"];
  readonly pids: readonly number[];
  /** Null where no pair is doubted yet. */
  readonly pairKey: string | null;
}

function lookAt(endpoint: Endpoint, isDoubtKnown: boolean): Look {
  const { hasSocket, reset } = endpoint;
  const pairKey = isDoubtKnown ? endpoint.pairKey : null;
  return { endpoint, hasSocket, reset, pids: holdersOf(endpoint), pairKey };
}

/** Those that an event changed; one that changed nobody is about all that it was looked up for. */
function orAll(all: readonly Endpoint[], changed: readonly Endpoint[]): readonly Endpoint[] {
  return changed.length > 0 ? changed : all;
}

/** A socket's address is recycled, so the tuple must agree, as far as its ports are known yet. */
function isOf(event: TransitionEvent, { tuple }: Endpoint): boolean {
  if ([tuple, event].some(({ localPort, remotePort }) => localPort * remotePort === 0)) return true;
  return hasPorts(tuple, event) && tuple.local === event.local && tuple.remote === event.remote;
}

function hasPorts(a: SocketTuple, b: SocketTuple): boolean {
  const isUnknown = a.localPort === 0 || b.localPort === 0;
  return a.remotePort === b.remotePort && (isUnknown || a.localPort === b.localPort);
}

function distinct(...endpoints: readonly (Endpoint | undefined)[]): Endpoint[] {
  const found: Endpoint[] = [];
  for (const each of endpoints) if (each !== undefined && !found.includes(each)) found.push(each);
  return found;
}
