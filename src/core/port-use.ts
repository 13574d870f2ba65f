/** Counts local ports towards each destination, and mini-sockets in each namespace. */

import type { Nanoseconds, SocketTuple } from "../event/trace-event.ts";
import { unmappedAddress } from "../event/tuple.ts";
import type { Copier } from "./copier.ts";
import type { EndpointRecord } from "./endpoint-record.ts";
import { PortGroup } from "./port-group.ts";

/** What a destination is known by. */
export type Destination = Omit<SocketTuple, "localPort">;

/** How many connections that came in at a port wait as mini-sockets. */
export interface WaitingAt {
  readonly netns: number;
  readonly port: number;
  readonly waiting: number;
}

/** An end this much before its timer is no expiry: another connection took the port over. */
const EARLY_NS = 2e9;
const SECOND_NS = 1e9;

/**
 * Kept up to date with each endpoint that comes, waits as mini-socket and goes, so that nobody
 * has to walk a million endpoints once a second. It holds counts and no endpoints.
 *
 * Only outgoing connections take a port of their own. Of one that is older than the trace nobody
 * knows who began it: the end with the higher port is taken for the one that called connect().
 */
export class PortUse {
  readonly #byDestination = new Map<string, PortGroup>();
  readonly #shared = new Set<PortGroup>();
  readonly #minisIn = new Map<number, number>();
  readonly #waitingAt = new Map<number, WaitingAt>();
  #tickedAt: Nanoseconds = Number.NEGATIVE_INFINITY;

  /** The same counts to go on with, of groups that the copier knows. */
  copy(copier: Copier): PortUse {
    const copy = new PortUse();
    for (const [key, group] of this.#byDestination)
      copy.#byDestination.set(key, copier.group(group));
    for (const group of this.#shared) copy.#shared.add(copier.group(group));
    for (const [netns, minis] of this.#minisIn) copy.#minisIn.set(netns, minis);
    for (const [key, waiting] of this.#waitingAt) copy.#waitingAt.set(key, waiting);
    copy.#tickedAt = this.#tickedAt;
    return copy;
  }

  /** Destinations that have had two connections at once and still have one. */
  groups(): Iterable<PortGroup> {
    return this.#shared;
  }

  /** The connections from one address to one destination, where there are any. */
  towards(destination: Destination): PortGroup | undefined {
    return this.#byDestination.get(keyOf(destination));
  }

  /** Mini-sockets of each namespace that has or had one: TIME_WAIT and FIN_WAIT2. */
  minis(): ReadonlyMap<number, number> {
    return this.#minisIn;
  }

  /** Mini-sockets by the port that their connections came in at, where there are any. */
  waitingAt(): Iterable<Readonly<WaitingAt>> {
    return this.#waitingAt.values();
  }

  /** An endpoint has got both its ports. */
  add(endpoint: EndpointRecord, takesPort = isOutgoing(endpoint)): void {
    if (!takesPort) return;
    const key = keyOf(endpoint);
    let group = this.#byDestination.get(key);
    if (group === undefined) {
      group = new PortGroup(endpoint);
      this.#byDestination.set(key, group);
    }
    endpoint.ports = group;
    group.taken++;
    group.used++;
    if (group.used === 2) this.#shared.add(group);
  }

  /** A mini-socket has taken its place. */
  becameMini(endpoint: EndpointRecord): void {
    const { ports, netns } = endpoint;
    this.#minisIn.set(netns, (this.#minisIn.get(netns) ?? 0) + 1);
    if (ports) ports.minis++;
    else this.#countAt(endpoint, 1);
  }

  /** It is gone, or gets another tuple; called while it still says what it was. */
  remove(endpoint: EndpointRecord): void {
    const { isMini, ports: group, netns } = endpoint;
    if (isMini) this.#minisIn.set(netns, (this.#minisIn.get(netns) ?? 1) - 1);
    if (!group) {
      if (isMini) this.#countAt(endpoint, -1);
      return;
    }
    endpoint.ports = null;
    group.used--;
    if (isMini) group.minis--;
    if (!hasExpired(endpoint)) group.taken--;
    if (group.used > 0) return;
    this.#byDestination.delete(keyOf(group));
    this.#shared.delete(group);
  }

  #countAt({ netns, localPort: port }: SocketTuple, by: 1 | -1): void {
    const key = netns * 65_536 + port;
    const waiting = (this.#waitingAt.get(key)?.waiting ?? 0) + by;
    if (waiting > 0) this.#waitingAt.set(key, { netns, port, waiting });
    else this.#waitingAt.delete(key);
  }

  /** Remember the growth of every group, once a second; a second call within it does nothing. */
  tick(now: Nanoseconds): void {
    if (now - this.#tickedAt < SECOND_NS) return;
    this.#tickedAt = now;
    for (const group of this.#shared) group.tick();
  }
}

function isOutgoing({ direction, state, localPort, remotePort }: EndpointRecord): boolean {
  if (state === "SYN_RECV" || direction === "in") return false;
  return direction === "out" || state === "SYN_SENT" || localPort > remotePort;
}

function hasExpired({ isMini, expiresAt, endedAt }: EndpointRecord): boolean {
  return isMini && expiresAt !== null && endedAt !== null && endedAt >= expiresAt - EARLY_NS;
}

function keyOf({ netns, local, remote, remotePort }: Destination): string {
  return `${remotePort} ${netns} ${unmappedAddress(remote)} ${unmappedAddress(local)}`;
}
