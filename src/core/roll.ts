/** All endpoints that are kept, in the order of their numbers, at eight bytes for each. */

import { inSteps } from "./copier.ts";
import type { EndpointRecord } from "./endpoint-record.ts";

/** A page takes so many, and is joined with the next where both have less than half of it. */
const PAGE = 512;

const ID = /^e(\d{1,15})$/;

/**
 * Sorted pages, found by halving. Numbers are given in ascending order, so an addition goes to
 * the end; the oldest leave first, and who stays long does not keep a page alone.
 *
 * While it is iterated, any may be added or removed.
 */
export class Roll implements Iterable<EndpointRecord> {
  readonly #pages: EndpointRecord[][] = [];
  #size = 0;
  /** Changes with every addition and removal. */
  #version = 0;

  *copySteps(of: (endpoint: EndpointRecord) => EndpointRecord): Generator<void, Roll> {
    const copy = new Roll();
    yield* inSteps(this.#pages, (page) => copy.#pages.push(page.map(of)), 2);
    copy.#size = this.#size;
    return copy;
  }

  get size(): number {
    return this.#size;
  }

  get first(): EndpointRecord | undefined {
    return this.#pages[0]?.[0];
  }

  get(id: string): EndpointRecord | undefined {
    const found = this.at(Number(ID.exec(id)?.[1] ?? Number.NaN));
    return found?.id === id ? found : undefined;
  }

  /** The one with this number. */
  at(no: number): EndpointRecord | undefined {
    const page = this.#pages[this.#pageOf(no)];
    const found = page?.[placeIn(page, no)];
    return found?.no === no ? found : undefined;
  }

  has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  add(endpoint: EndpointRecord): void {
    const { no } = endpoint;
    const newest = this.#pages.at(-1);
    this.#size++;
    this.#version++;
    if (newest === undefined) this.#pages.push([endpoint]);
    else if ((newest.at(-1) as EndpointRecord).no >= no) {
      const page = this.#pages[this.#pageOf(no)] as EndpointRecord[];
      page.splice(placeIn(page, no), 0, endpoint);
    } else if (newest.length < PAGE) newest.push(endpoint);
    else this.#pages.push([endpoint]);
  }

  /** Add many, in the order of their numbers. */
  merge(more: readonly EndpointRecord[]): void {
    const all = [...this.#pages.flat(), ...more].sort((a, b) => a.no - b.no);
    this.#pages.length = 0;
    for (let at = 0; at < all.length; at += PAGE) this.#pages.push(all.slice(at, at + PAGE));
    this.#size = all.length;
    this.#version++;
  }

  remove(endpoint: EndpointRecord): void {
    const at = this.#pageOf(endpoint.no);
    const page = this.#pages[at];
    const place = page === undefined ? -1 : placeIn(page, endpoint.no);
    if (page?.[place] !== endpoint) return;
    page.splice(place, 1);
    this.#size--;
    this.#version++;
    const next = this.#pages[at + 1];
    if (page.length === 0) this.#pages.splice(at, 1);
    else if (next !== undefined && page.length + next.length < PAGE / 2) {
      page.push(...next);
      this.#pages.splice(at + 1, 1);
    }
  }

  *[Symbol.iterator](): Iterator<EndpointRecord> {
    let last = Number.NEGATIVE_INFINITY;
    let version = -1;
    let at = 0;
    let place = 0;
    for (;;) {
      if (version !== this.#version) {
        version = this.#version;
        at = Math.max(0, this.#pageOf(last));
        place = placeIn(this.#pages[at] ?? [], last + 0.5);
      }
      const page = this.#pages[at];
      if (page === undefined) return;
      const endpoint = page[place++];
      if (endpoint === undefined) {
        at++;
        place = 0;
        continue;
      }
      last = endpoint.no;
      yield endpoint;
    }
  }

  /** The last page that begins at or below a number; the first, or -1 where there is none. */
  #pageOf(no: number): number {
    const pages = this.#pages;
    let low = 0;
    let high = pages.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (((pages[middle] as EndpointRecord[])[0] as EndpointRecord).no <= no) low = middle;
      else high = middle - 1;
    }
    return high < 0 ? -1 : low;
  }
}

/** Where the first endpoint stands that has this number or a higher one. */
function placeIn(page: readonly EndpointRecord[], no: number): number {
  let low = 0;
  let high = page.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((page[middle] as EndpointRecord).no < no) low = middle + 1;
    else high = middle;
  }
  return low;
}
