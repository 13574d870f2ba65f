/** Remembers which packed rows have been written down, and where, at thirty bytes for each. */

import type { EndpointRecord } from "./endpoint-record.ts";
import { PackedRows, ROWS_OF_A_SET } from "./packed-rows.ts";

/** Of one set of rows, by their numbers in it: where each is written down, and what it said. */
interface Sheet {
  /** Number of the block from 1, 0 where it has not been written down. */
  readonly blocks: Uint32Array;
  readonly places: Uint32Array;
  readonly touched: Float64Array;
  readonly until: Float64Array;
  readonly dumps: Float64Array;
}

/**
 * An endpoint that changes leaves its row, but for three figures that are written into it.
 *
 * Asked of each endpoint that waits, thousands of times while a recording is read: a map by
 * endpoint takes longer than all else that an index is made of.
 */
export class ToldRows {
  readonly #sheets = new WeakMap<PackedRows, Sheet>();
  #lastRows: PackedRows | null = null;
  #lastSheet: Sheet | null = null;

  /** Whether its row has been written down and says the same still. */
  has(endpoint: EndpointRecord): boolean {
    const at = endpoint.rowPlace;
    if (at === null) return false;
    const { blocks, touched, until, dumps } = this.#sheetOf(at.rows);
    const i = PackedRows.numberAt(at.place);
    return (
      blocks[i] !== 0 &&
      touched[i] === endpoint.touchedAt &&
      until[i] === endpoint.expiresAt &&
      dumps[i] === endpoint.lastDump
    );
  }

  /** Where, of one that it has. */
  placeOf(endpoint: EndpointRecord): { readonly block: number; readonly at: number } {
    const { rows, place } = endpoint.rowPlace as NonNullable<EndpointRecord["rowPlace"]>;
    const { blocks, places } = this.#sheetOf(rows);
    const i = PackedRows.numberAt(place);
    return { block: (blocks[i] as number) - 1, at: places[i] as number };
  }

  /** It is written down there now. */
  add(endpoint: EndpointRecord, block: number, at: number): void {
    const { rows, place } = endpoint.rowPlace as NonNullable<EndpointRecord["rowPlace"]>;
    const { blocks, places, touched, until, dumps } = this.#sheetOf(rows);
    const i = PackedRows.numberAt(place);
    blocks[i] = block + 1;
    places[i] = at;
    touched[i] = endpoint.touchedAt;
    until[i] = endpoint.expiresAt ?? Number.NaN;
    dumps[i] = endpoint.lastDump;
  }

  #sheetOf(rows: PackedRows): Sheet {
    if (rows === this.#lastRows) return this.#lastSheet as Sheet;
    let sheet = this.#sheets.get(rows);
    if (sheet === undefined) {
      sheet = {
        blocks: new Uint32Array(ROWS_OF_A_SET),
        places: new Uint32Array(ROWS_OF_A_SET),
        touched: new Float64Array(ROWS_OF_A_SET),
        until: new Float64Array(ROWS_OF_A_SET),
        dumps: new Float64Array(ROWS_OF_A_SET),
      };
      this.#sheets.set(rows, sheet);
    }
    this.#lastRows = rows;
    this.#lastSheet = sheet;
    return sheet;
  }
}
