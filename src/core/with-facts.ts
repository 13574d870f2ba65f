/** Reads and writes what an endpoint says, packed or not, as if each fact were a field of its own. */

import type { TcpState } from "../event/tcp-state.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import type { Endpoint, Owner } from "./endpoint.ts";
import type { EndpointRecord } from "./endpoint-record.ts";
import type { LiveFacts } from "./live-facts.ts";
import { isPackable } from "./packable.ts";
import type { PackedRows } from "./packed-rows.ts";
import type { PackedStory } from "./packed-story.ts";
import { addressOf, lowerHalf, upperHalf } from "./socket-address.ts";

/**
 * What is read of a packed endpoint is read from its row. Writing unpacks it, but for what each
 * reading of the socket table and each segment in TIME_WAIT says anew.
 */
export abstract class WithFacts {
  // No `#`: a screen that masks addresses reads through an object whose prototype this one is.
  /** Null while it is packed. */
  protected live: LiveFacts | null;
  protected rows: PackedRows | null = null;
  protected place = 0;

  constructor(facts: LiveFacts) {
    this.live = facts;
  }

  /** What it says, to be changed. */
  protected get own(): LiveFacts {
    if (this.live === null) {
      this.live = this.packed.unpack(this.place);
      this.rows = null;
    }
    return this.live;
  }

  /** The rows among which its row is, of one that is packed. */
  protected get packed(): PackedRows {
    return this.rows as PackedRows;
  }

  protected get story(): PackedStory {
    return this.packed.story(this.place);
  }

  /** What is to be packed; null of what is packed already, or cannot be. */
  protected get packable(): LiveFacts | null {
    return this.live !== null && isPackable(this.live) ? this.live : null;
  }

  get direction(): Endpoint["direction"] {
    return (this.live ?? this.story).direction;
  }
  set direction(direction: Endpoint["direction"]) {
    this.own.direction = direction;
  }

  get state(): TcpState {
    return (this.live ?? this.story).state;
  }
  set state(state: TcpState) {
    this.own.state = state;
  }

  get bornAt(): Nanoseconds {
    return this.live?.bornAt ?? this.packed.bornAt(this.place);
  }

  get touchedAt(): Nanoseconds {
    return this.live?.touchedAt ?? this.packed.touchedAt(this.place);
  }
  set touchedAt(at: Nanoseconds) {
    if (this.live === null) this.packed.touch(this.place, at);
    else this.live.touchedAt = at;
  }

  get ownedAt(): Nanoseconds | undefined {
    return this.live === null ? this.packed.ownedAt(this.place) : this.live.ownedAt;
  }
  set ownedAt(at: Nanoseconds | undefined) {
    this.own.ownedAt = at;
  }

  get inode(): number | null {
    return this.live === null ? this.packed.inode(this.place) : this.live.inode;
  }
  set inode(inode: number | null) {
    this.own.inode = inode;
  }

  get bytesSent(): number | null {
    return this.live === null ? this.packed.bytesSent(this.place) : this.live.bytesSent;
  }
  set bytesSent(bytes: number | null) {
    this.own.bytesSent = bytes;
  }

  get bytesReceived(): number | null {
    return this.live === null ? this.packed.bytesReceived(this.place) : this.live.bytesReceived;
  }
  set bytesReceived(bytes: number | null) {
    this.own.bytesReceived = bytes;
  }

  get lastDump(): number {
    return this.live?.lastDump ?? this.packed.lastDump(this.place);
  }
  set lastDump(dump: number) {
    if (this.live === null && dump === dump >>> 0) this.packed.listedIn(this.place, dump);
    else this.own.lastDump = dump;
  }

  get srttUs(): number | null {
    return this.live === null ? this.packed.srttUs(this.place) : this.live.srttUs;
  }
  set srttUs(us: number | null) {
    this.own.srttUs = us;
  }

  get nextOfSocket(): EndpointRecord | null {
    return this.live?.nextOfSocket ?? null;
  }
  set nextOfSocket(next: EndpointRecord | null) {
    if (this.nextOfSocket !== next) this.own.nextOfSocket = next;
  }

  /** Who owns it, whatever is known of its holders. */
  protected get owned(): Owner | null {
    return this.live === null ? this.packed.owner(this.place) : this.live.owned;
  }

  protected get fd(): number {
    return this.live?.fd ?? this.packed.fd(this.place);
  }

  /** Halves of the address of its socket: see there. */
  get upper(): number | string | null {
    return this.live === null ? null : this.live.upper;
  }

  get lower(): number {
    return this.live?.lower ?? 0;
  }

  get sk(): string | null {
    const { upper } = this;
    return typeof upper === "number" ? addressOf(upper, this.lower) : upper;
  }
  set sk(sk: string | null) {
    if (sk === null && !this.hasSocket) return;
    const { own } = this;
    own.upper = sk === null ? null : upperHalf(sk);
    own.lower = typeof own.upper === "number" ? lowerHalf(sk as string) : 0;
  }

  /** Whether it has a full socket whose address is known. */
  get hasSocket(): boolean {
    return this.upper !== null;
  }
}
