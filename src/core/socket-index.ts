/** Living endpoints by the address of the kernel's socket. */

import { Chains } from "./chains.ts";
import type { EndpointRecord } from "./endpoint-record.ts";
import { hashText, mixed } from "./hash.ts";
import { lowerHalf, upperHalf } from "./socket-address.ts";

/** Of two endpoints with one address the newer is found. */
export class SocketIndex extends Chains {
  *copySteps(of: (endpoint: EndpointRecord) => EndpointRecord): Generator<void, SocketIndex> {
    const copy = new SocketIndex();
    yield* copy.copyFrom(this, of);
    return copy;
  }

  get(sk: string): EndpointRecord | undefined {
    const upper = upperHalf(sk);
    const lower = typeof upper === "number" ? lowerHalf(sk) : 0;
    let each = this.head(hash(upper, lower));
    while (each !== null && (each.lower !== lower || each.upper !== upper)) {
      each = each.nextOfSocket;
    }
    return each ?? undefined;
  }

  /** Let an endpoint that has a socket be found by it. */
  add(endpoint: EndpointRecord): void {
    this.insert(endpoint);
  }

  remove(endpoint: EndpointRecord): void {
    if (endpoint.hasSocket) this.take(endpoint);
  }

  protected override hashOf({ upper, lower }: EndpointRecord): number {
    return hash(upper ?? 0, lower);
  }

  protected override next(endpoint: EndpointRecord): EndpointRecord | null {
    return endpoint.nextOfSocket;
  }

  protected override link(endpoint: EndpointRecord, next: EndpointRecord | null): void {
    endpoint.nextOfSocket = next;
  }
}

/** Kernel addresses are chosen by the kernel: nobody can make them fall into one chain. */
function hash(upper: number | string, lower: number): number {
  return typeof upper === "string"
    ? hashText(upper, 0)
    : mixed(Math.imul(upper, 0x9e3779b1) ^ lower);
}
