/** Living endpoints by the address of the kernel's socket. */

import { Chains } from "./chains.ts";
import type { EndpointRecord } from "./endpoint-record.ts";
import { hashText } from "./hash.ts";

/** Kernel addresses are chosen by the kernel, so no start has to be hidden. */
const START = 0x811c9dc5;

/** Of two endpoints with one address the newer is found. */
export class SocketIndex extends Chains {
  *copySteps(of: (endpoint: EndpointRecord) => EndpointRecord): Generator<void, SocketIndex> {
    const copy = new SocketIndex();
    yield* copy.copyFrom(this, of);
    return copy;
  }

  get(sk: string): EndpointRecord | undefined {
    let each = this.head(hashText(sk, START));
    while (each !== null && each.sk !== sk) each = each.nextOfSocket;
    return each ?? undefined;
  }

  /** Let an endpoint that has a socket be found by it. */
  add(endpoint: EndpointRecord): void {
    this.insert(endpoint);
  }

  remove(endpoint: EndpointRecord): void {
    if (endpoint.sk !== null) this.take(endpoint);
  }

  protected override hashOf({ sk }: EndpointRecord): number {
    return hashText(sk ?? "", START);
  }

  protected override next(endpoint: EndpointRecord): EndpointRecord | null {
    return endpoint.nextOfSocket;
  }

  protected override link(endpoint: EndpointRecord, next: EndpointRecord | null): void {
    endpoint.nextOfSocket = next;
  }
}
