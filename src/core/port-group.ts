/** The connections from one local address to one destination: they share its local ports. */

import type { SocketTuple } from "../event/trace-event.ts";
import { unmappedAddress } from "../event/tuple.ts";

/** Seconds of growth that are remembered. */
const WINDOW = 10;
/** Growth counts only after it has been watched for so many seconds: a pool warms up in less. */
const MIN_WATCHED = 5;
const SHORT_WINDOW = 3;

/**
 * How many living outgoing connections of one namespace go from one address to one address and
 * port. Each has a local port that no other of them can have, mini-sockets included
 * (`net/ipv4/inet_hashtables.c:__inet_check_established`).
 */
export class PortGroup {
  readonly netns: number;
  readonly local: string;
  readonly remote: string;
  readonly remotePort: number;
  used = 0;
  /** How many of them are mini-sockets. */
  minis = 0;
  /** Ports taken since the beginning, less those given back before their timer ran out. */
  taken = 0;
  readonly #history: number[] = [];

  constructor({ netns, local, remote, remotePort }: SocketTuple) {
    this.netns = netns;
    this.local = unmappedAddress(local);
    this.remote = unmappedAddress(remote);
    this.remotePort = remotePort;
  }

  /** A group to go on counting with. */
  copy(): PortGroup {
    const copy = new PortGroup({ ...this, localPort: 0 });
    copy.used = this.used;
    copy.minis = this.minis;
    copy.taken = this.taken;
    copy.#history.push(...this.#history);
    return copy;
  }

  /** Remember the growth so far; called once a second. */
  tick(): void {
    this.#history.push(this.taken);
    if (this.#history.length > WINDOW + 1) this.#history.shift();
  }

  /**
   * Ports taken a second; 0 unless that lasts.
   *
   * The smaller of the last 3 and the last 10 seconds: a burst that is over does not count, and
   * one that has just begun counts little.
   */
  growth(): number {
    const last = this.#history.length - 1;
    if (last < MIN_WATCHED) return 0;
    const newest = this.#history[last] as number;
    const recent = (newest - (this.#history[last - SHORT_WINDOW] as number)) / SHORT_WINDOW;
    const whole = (newest - (this.#history[0] as number)) / WINDOW;
    return Math.max(0, Math.min(recent, whole));
  }
}
