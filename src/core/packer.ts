/** Finds room for what endpoints say of which little more is expected. */

import type { EndpointRecord } from "./endpoint-record.ts";
import type { LiveFacts } from "./live-facts.ts";
import { PackedRows } from "./packed-rows.ts";
import type { RowFacts } from "./packed-story.ts";

/** Where a row stands. */
export interface RowPlace {
  readonly rows: PackedRows;
  readonly place: number;
}

/** The newest rows of a kind, and others when these are full. */
class OpenRows {
  #rows: PackedRows | null = null;

  readonly roomFor = (facts: LiveFacts): PackedRows => {
    if (!this.#rows?.hasRoomFor(facts)) this.#rows = new PackedRows();
    return this.#rows as PackedRows;
  };

  readonly put = (row: RowFacts): RowPlace => {
    let place = this.#rows?.put(row) ?? -1;
    if (place < 0) {
      this.#rows = new PackedRows();
      place = this.#rows.put(row);
    }
    return { rows: this.#rows as PackedRows, place };
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

  /** Put in the row of one that waits. */
  readonly put = (row: RowFacts): RowPlace => this.#waiting.put(row);
}
