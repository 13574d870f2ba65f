/** Finds room for what endpoints say of which little more is expected. */

import type { EndpointRecord } from "./endpoint-record.ts";
import type { LiveFacts } from "./live-facts.ts";
import { PackedRows } from "./packed-rows.ts";

/**
 * Those that wait and those that have ended go into rows apart: a set of rows stays as long as one
 * of its endpoints, and an endpoint waits for a minute where one that has ended may be forgotten
 * within seconds.
 */
export class Packer {
  #waiting: PackedRows | null = null;
  #ended: PackedRows | null = null;

  take(endpoint: EndpointRecord): void {
    endpoint.pack(endpoint.endedAt === null ? this.#forWaiting : this.#forEnded);
  }

  readonly #forWaiting = (facts: LiveFacts): PackedRows => {
    if (!this.#waiting?.hasRoomFor(facts)) this.#waiting = new PackedRows();
    return this.#waiting as PackedRows;
  };

  readonly #forEnded = (facts: LiveFacts): PackedRows => {
    if (!this.#ended?.hasRoomFor(facts)) this.#ended = new PackedRows();
    return this.#ended as PackedRows;
  };
}
