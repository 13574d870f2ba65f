/** Copies the endpoints of a trace with all that links them, so that a copy can go its own way. */

import { inheritScan } from "./apply-owner.ts";
import type { Endpoint } from "./endpoint.ts";
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
  readonly #copies = new Map<Endpoint, Endpoint>();
  readonly #groups = new Map<PortGroup, PortGroup>();

  /** Copy these endpoints with their links, in steps. */
  *endpoints(originals: Iterable<Endpoint>): Generator<void, void> {
    yield* inSteps(originals, (each) => this.#copies.set(each, copyOf(each)), RUN);
    // The map grows meanwhile by what is linked and no longer in the table: that is linked too.
    yield* inSteps(this.#copies, ([original, copy]) => this.#link(original, copy), RUN);
  }

  /** The copies of these, many of which the table may have forgotten, in steps. */
  *all(originals: Iterable<Endpoint>, take: (copy: Endpoint) => void): Generator<void, void> {
    yield* inSteps(originals, (each) => take(this.of(each)), RUN);
  }

  /** The copy of an endpoint; of one that the table has forgotten it is made now. */
  readonly of = (original: Endpoint): Endpoint => {
    let copy = this.#copies.get(original);
    if (copy === undefined) {
      copy = copyOf(original);
      this.#copies.set(original, copy);
      this.#link(original, copy);
    }
    return copy;
  };

  /** Setting it twice changes nothing. */
  #link(original: Endpoint, copy: Endpoint): void {
    copy.peer = this.ofMaybe(original.peer);
    copy.previousInState = this.ofMaybe(original.previousInState);
    copy.nextInState = this.ofMaybe(original.nextInState);
    if (original.ports) copy.ports = this.group(original.ports);
  }

  ofMaybe(original: Endpoint | null): Endpoint | null {
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

  /** A map with the same keys to the copies. */
  map<Key>(originals: ReadonlyMap<Key, Endpoint>): Map<Key, Endpoint> {
    const copies = new Map<Key, Endpoint>();
    for (const [key, endpoint] of originals) copies.set(key, this.of(endpoint));
    return copies;
  }
}

/** What the fold changes in place is copied; what it replaces as a whole is shared. */
function copyOf(original: Endpoint): Endpoint {
  const copy: Endpoint = {
    ...original,
    phases: original.phases.length === 0 ? original.phases : original.phases.map(shallow),
    waves: original.waves.length === 0 ? original.waves : original.waves.map(shallow),
  };
  if (original.flow !== undefined) copy.flow = { ...original.flow };
  inheritScan(original, copy);
  return copy;
}

const shallow = <T extends object>(value: T): T => ({ ...value });
