/** What a scenario leaves behind: its connections, and what the socket table showed when. */
import type { SockEnd } from "./actors/sock.ts";
import type { SocketGlance } from "./glance.ts";
import type { End } from "./scenario.ts";
import type { Sight } from "./sight.ts";

/** One end of a connection: whose namespace, which address and port. */
export interface Address extends SockEnd {
  readonly netns: number;
}

/** A connection that the scenario made; the same tuple may be registered several times, in order. */
export interface Registered {
  readonly name: string;
  readonly client: Address;
  readonly server: Address;
}

/** One end's row at a checkpoint; null when the socket table had none. */
export interface Seen {
  readonly connection: string;
  readonly end: End;
  readonly row: SocketGlance | null;
}

/** A moment at which the socket table was as the scenario says. */
export interface Checkpoint {
  readonly label: string;
  /** ISO 8601; what the checkpoint saw had happened by then, and nothing else has since. */
  readonly at: string;
  readonly seen: readonly Seen[];
}

/** What the ends should look like. */
export type Sights = Readonly<Partial<Record<End, Sight>>>;
