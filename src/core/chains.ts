/** Finds living endpoints by a hash, at sixteen bytes for each and without ever stopping to grow. */

import { inSteps } from "./copier.ts";
import type { EndpointRecord } from "./endpoint-record.ts";

/** Buckets are made so many at a time; a power of two. */
const SEGMENT = 1024;
const SEGMENT_BITS = 10;

type Segment = (EndpointRecord | null)[];

/**
 * A table of chains that run through the endpoints themselves, the newest first.
 *
 * A Map of a million rows costs two to four times the memory, keys left out, and whenever it is
 * full a tracer waits until all of it has moved. Here each endpoint above the number of buckets
 * splits one bucket in two (linear hashing, Litwin 1980), so every addition costs the same.
 */
export abstract class Chains {
  readonly #segments: Segment[] = [new Array(SEGMENT).fill(null)];
  #buckets = SEGMENT;
  /** The largest power of two that is no more than the buckets. */
  #level = SEGMENT;
  #size = 0;

  /** 32 bits, of which the lowest tell endpoints apart best. */
  protected abstract hashOf(endpoint: EndpointRecord): number;
  protected abstract next(endpoint: EndpointRecord): EndpointRecord | null;
  protected abstract link(endpoint: EndpointRecord, next: EndpointRecord | null): void;

  /** Let this one, which is empty, hold copies that are linked already, in steps. */
  protected *copyFrom(
    original: Chains,
    of: (endpoint: EndpointRecord) => EndpointRecord,
  ): Generator<void, void> {
    this.#segments.length = 0;
    yield* inSteps(
      original.#segments,
      (segment) => this.#segments.push(segment.map((head) => head && of(head))),
      1,
    );
    this.#buckets = original.#buckets;
    this.#level = original.#level;
    this.#size = original.#size;
  }

  /** The newest of those among whom the endpoints with this hash are. */
  protected head(hash: number): EndpointRecord | null {
    const bucket = this.#bucketOf(hash);
    return (this.#segments[bucket >>> SEGMENT_BITS] as Segment)[bucket & (SEGMENT - 1)] ?? null;
  }

  protected insert(endpoint: EndpointRecord): void {
    const bucket = this.#bucketOf(this.hashOf(endpoint));
    this.link(endpoint, this.#get(bucket));
    this.#set(bucket, endpoint);
    if (++this.#size > this.#buckets) this.#split();
  }

  /** Take out an endpoint; false where it is not in. */
  protected take(endpoint: EndpointRecord): boolean {
    const bucket = this.#bucketOf(this.hashOf(endpoint));
    let before: EndpointRecord | null = null;
    let each = this.#get(bucket);
    while (each !== endpoint) {
      if (each === null) return false;
      before = each;
      each = this.next(each);
    }
    const after = this.next(endpoint);
    if (before === null) this.#set(bucket, after);
    else this.link(before, after);
    this.link(endpoint, null);
    this.#size--;
    return true;
  }

  #bucketOf(hash: number): number {
    const bucket = hash & (this.#level * 2 - 1);
    return bucket < this.#buckets ? bucket : bucket - this.#level;
  }

  #get(bucket: number): EndpointRecord | null {
    return (this.#segments[bucket >>> SEGMENT_BITS] as Segment)[bucket & (SEGMENT - 1)] ?? null;
  }

  #set(bucket: number, head: EndpointRecord | null): void {
    (this.#segments[bucket >>> SEGMENT_BITS] as Segment)[bucket & (SEGMENT - 1)] = head;
  }

  /** Make one bucket more, and move there those of its lower half that belong there. */
  #split(): void {
    const made = this.#buckets;
    if (made === this.#level * 2) this.#level = made;
    if (made % SEGMENT === 0) this.#segments.push(new Array(SEGMENT).fill(null));
    this.#buckets++;
    const old = made - this.#level;
    const ends: [EndpointRecord | null, EndpointRecord | null] = [null, null];
    let each = this.#get(old);
    this.#set(old, null);
    while (each !== null) {
      const next = this.next(each);
      const moves = this.#bucketOf(this.hashOf(each)) === made ? 1 : 0;
      const last = ends[moves];
      this.link(each, null);
      if (last === null) this.#set(moves ? made : old, each);
      else this.link(last, each);
      ends[moves] = each;
      each = next;
    }
  }
}
