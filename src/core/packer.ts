/** Finds room for what endpoints say of which little more is expected. */

import type { EndpointRecord } from "./endpoint-record.ts";
import type { LiveFacts } from "./live-facts.ts";
import { PackedRows } from "./packed-rows.ts";

/** The newest rows of a kind, and others when these are full. */
class OpenRows {
  #rows: PackedRows | null = null;

  readonly roomFor = (facts: LiveFacts): PackedRows => {
    if (!this.#rows?.hasRoomFor(facts)) this.#rows = new PackedRows();
    return this.#rows as PackedRows;
  };
}

/**
 * Those that wait and those that have ended go into rows apart: a set of rows stays as long as one
 * of its endpoints, and an endpoint waits for a minute where one that has ended may be forgotten
 * within seconds.
 */
export class Packer {
  readonly #waiting = new OpenRows();
  readonly #ended = new OpenRows();

  take(endpoint: EndpointRecord): void {
    endpoint.pack((endpoint.endedAt === null ? this.#waiting : this.#ended).roomFor);
  }
}
