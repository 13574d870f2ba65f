/** Copies the endpoints of a trace with all that links them, so that a copy can go its own way. */

import { inheritScan } from "./apply-owner.ts";
import type { EndpointRecord } from "./endpoint-record.ts";
import type { PackedRows } from "./packed-rows.ts";
import type { PortGroup } from "./port-group.ts";

/** Endpoints that are copied in one go: a quarter of a millisecond, two on a slow host. */
const RUN = 100;
/** Copies that are looked up and filed in one go. */
const FILED = 1500;

/** Do something with each, in steps between which other work may run. */
export function* inSteps<T>(
  items: Iterable<T>,
  take: (item: T) => void,
  most = FILED,
): Generator<void, void> {
  let run = 0;
  for (const item of items) {
    take(item);
    if (++run % most === 0) yield;
  }
}

/**
 * From each endpoint to its copy, made once.
 *
 * Links between endpoints are set right after all have been copied: following them while copying
 * would go as deep as the longest list.
 */
export class Copier {
  readonly #copies = new Map<EndpointRecord, EndpointRecord>();
  readonly #groups = new Map<PortGroup, PortGroup>();
  readonly #rows = new Map<PackedRows, PackedRows>();

  /** Copy these endpoints with their links, in steps. */
  *endpoints(originals: Iterable<EndpointRecord>): Generator<void, void> {
    yield* inSteps(originals, (each) => this.#copies.set(each, this.#copyOf(each)), RUN);
    // The map grows meanwhile by what is linked and no longer in the table: that is linked too.
    yield* inSteps(this.#copies, ([original, copy]) => this.#link(original, copy), RUN);
  }

  /** The copies of these, many of which the table may have forgotten, in steps. */
  *all(
    originals: Iterable<EndpointRecord>,
    take: (copy: EndpointRecord) => void,
  ): Generator<void, void> {
    yield* inSteps(originals, (each) => take(this.of(each)), RUN);
  }

  /** The copy of an endpoint; of one that the table has forgotten it is made now. */
  readonly of = (original: EndpointRecord): EndpointRecord => {
    let copy = this.#copies.get(original);
    if (copy === undefined) {
      copy = this.#copyOf(original);
      this.#copies.set(original, copy);
      this.#link(original, copy);
    }
    return copy;
  };

  /** Setting it twice changes nothing. */
  #link(original: EndpointRecord, copy: EndpointRecord): void {
    copy.peer = this.ofMaybe(original.peer);
    copy.previousInState = this.ofMaybe(original.previousInState);
    copy.nextInState = this.ofMaybe(original.nextInState);
    copy.nextOfSocket = this.ofMaybe(original.nextOfSocket);
    copy.nextOfPair = this.ofMaybe(original.nextOfPair);
    if (original.ports) copy.ports = this.group(original.ports);
  }

  ofMaybe(original: EndpointRecord | null): EndpointRecord | null {
    return original === null ? null : this.of(original);
  }

  group(original: PortGroup): PortGroup {
    let copy = this.#groups.get(original);
    if (copy === undefined) {
      copy = original.copy();
      this.#groups.set(original, copy);
    }
    return copy;
  }

  #copyOf(original: EndpointRecord): EndpointRecord {
    const copy = original.copy(this.#rowsOf);
    inheritScan(original, copy);
    return copy;
  }

  /** Those of many endpoints are copied as one. */
  readonly #rowsOf = (original: PackedRows): PackedRows => {
    let copy = this.#rows.get(original);
    if (copy === undefined) {
      copy = original.copy();
      this.#rows.set(original, copy);
    }
    return copy;
  };

  /** A map with the same keys to the copies. */
  map<Key>(originals: ReadonlyMap<Key, EndpointRecord>): Map<Key, EndpointRecord> {
    const copies = new Map<Key, EndpointRecord>();
    for (const [key, endpoint] of originals) copies.set(key, this.of(endpoint));
    return copies;
  }
}
