/** The two addresses of a connection in their namespace: one object for all that have them. */

import type { SocketTuple } from "../event/trace-event.ts";
import { AddressBook } from "./address-book.ts";

/** What connections have in common that differ by their ports. */
export type Route = Pick<SocketTuple, "netns" | "local" | "remote">;

/** Routes that are remembered whatever the number of endpoints. */
const FEW = 64;
/** Of a host that talks to more at a time each has few connections. */
const MANY = 65_536;

/**
 * Routes by what they say, each with texts that it shares with others: those of a recording come
 * apart. Forgotten as an {@link AddressBook} forgets, and the endpoints keep what they have.
 */
export class RouteBook {
  readonly #routes = new Map<string, Route>();
  readonly #addresses = new AddressBook();

  /** How many addresses are known apart. */
  get addresses(): number {
    return this.#addresses.size;
  }

  /** The route of a tuple that was seen first, for a table that keeps so many endpoints. */
  get({ netns, local, remote }: SocketTuple, kept: number): Route {
    const key = `${netns} ${local} ${remote}`;
    const known = this.#routes.get(key);
    if (known !== undefined) return known;
    if (this.#routes.size >= Math.min(MANY, FEW + 2 * kept)) this.#routes.clear();
    const addresses = this.#addresses;
    const made = { netns, local: addresses.get(local, kept), remote: addresses.get(remote, kept) };
    this.#routes.set(key, made);
    return made;
  }
}
