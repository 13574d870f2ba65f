/** Living endpoints by their address pair, which both ends share. */

import type { SocketTuple } from "../event/trace-event.ts";
import { unmappedAddress } from "../event/tuple.ts";
import { Chains } from "./chains.ts";
import type { EndpointRecord } from "./endpoint-record.ts";
import { hashText, mixed } from "./hash.ts";
import { isReverse, isSame } from "./pair-key.ts";

/**
 * Both ends, in every namespace, of every generation that still lives. Nearly always one or two,
 * so one chain serves both questions.
 *
 * Addresses and ports are chosen by whoever connects: into which chain they fall must not be. So
 * the hash begins with a moment in nanoseconds that nobody outside knows.
 */
export class PairIndex extends Chains {
  #start: number | null = null;

  *copySteps(of: (endpoint: EndpointRecord) => EndpointRecord): Generator<void, PairIndex> {
    const copy = new PairIndex();
    yield* copy.copyFrom(this, of);
    copy.#start = this.#start;
    return copy;
  }

  /** The newest with exactly this tuple in this namespace. */
  get(tuple: SocketTuple): EndpointRecord | undefined {
    let each = this.head(this.#hash(tuple));
    while (each !== null && !isSame(each, tuple)) each = each.nextOfPair;
    return each ?? undefined;
  }

  /** Those that could be the other end: the same pair, the other way round. */
  facing(endpoint: EndpointRecord): EndpointRecord[] {
    const found: EndpointRecord[] = [];
    let each = this.head(this.#hash(endpoint));
    for (; each !== null; each = each.nextOfPair) {
      if (each !== endpoint && isReverse(each, endpoint)) found.push(each);
    }
    return found;
  }

  add(endpoint: EndpointRecord): void {
    this.#start ??= mixed(endpoint.bornAt | 0) ^ mixed(endpoint.bornAt / 2 ** 32);
    this.insert(endpoint);
  }

  /** False where it is not in. */
  remove(endpoint: EndpointRecord): boolean {
    return this.take(endpoint);
  }

  #hash({ local, localPort, remote, remotePort }: SocketTuple): number {
    const start = this.#start ?? 0;
    const here = hashText(unmappedAddress(local), start ^ localPort);
    const there = hashText(unmappedAddress(remote), start ^ remotePort);
    return mixed(here + there);
  }

  protected override hashOf(endpoint: EndpointRecord): number {
    return this.#hash(endpoint);
  }

  protected override next(endpoint: EndpointRecord): EndpointRecord | null {
    return endpoint.nextOfPair;
  }

  protected override link(endpoint: EndpointRecord, next: EndpointRecord | null): void {
    endpoint.nextOfPair = next;
  }
}
