/** An endpoint as the table keeps it: small while it is only open or waits, for there may be a million. */

import type { TcpState } from "../event/tcp-state.ts";
import type { Nanoseconds, SocketTuple } from "../event/trace-event.ts";
import { portPair } from "../event/tuple.ts";
import type { Endpoint, Holder, Owner } from "./endpoint.ts";
import { copyFacts, type LiveFacts, newFacts } from "./live-facts.ts";
import type { PackedRows } from "./packed-rows.ts";
import type { RowFacts } from "./packed-story.ts";
import type { RowPlace } from "./packer.ts";
import { pairKey } from "./pair-key.ts";
import type { PortGroup } from "./port-group.ts";
import type { Rest } from "./rest.ts";
import type { Route } from "./route.ts";
import { NO_RARE } from "./sequel.ts";
import { WithPhases } from "./with-phases.ts";

/**
 * What is read as an object of its own is made when it is read, as far as nobody has written to
 * it: the tuple, the text of the id, the two phases of a connection that stands, the one
 * descriptor through which its process holds it. It is a tuple itself, for who compares many.
 */
export class EndpointRecord extends WithPhases implements Endpoint {
  readonly no: number;
  peer: EndpointRecord | null = null;
  previousInState: EndpointRecord | null = null;
  nextInState: EndpointRecord | null = null;
  ports: PortGroup | null = null;
  /** Link of the table's chains by pair; what waits as a mini-socket is still found by it. */
  nextOfPair: EndpointRecord | null = null;
  private route: Route;
  /** Both ports, as `portPair` puts them. */
  private pairOfPorts: number;

  /** @param route of its tuple, where others have the same */
  constructor(
    no: number,
    tuple: SocketTuple,
    sk: string | null,
    state: TcpState,
    bornAt: Nanoseconds,
    route: Route = tuple,
  ) {
    super(newFacts(state, bornAt));
    this.no = no;
    this.route = route;
    this.pairOfPorts = portPair(tuple.localPort, tuple.remotePort);
    if (sk !== null) this.sk = sk;
  }

  /**
   * One that goes its own way from here on, still linked to the same others.
   *
   * @param rowsOf where the rows go among which a packed one is
   */
  copy(rowsOf = (rows: PackedRows) => rows.copy()): EndpointRecord {
    const { no, tuple, state, bornAt, live, rows } = this;
    const copy = Object.assign(new EndpointRecord(no, tuple, null, state, bornAt), this);
    copy.live = live && copyFacts(live);
    copy.rows = rows && rowsOf(rows);
    return copy;
  }

  /**
   * Keep what it says in a row, until it changes again. For one of which little more is expected.
   *
   * @param rowsFor finds rows that have room
   */
  pack(rowsFor: (facts: LiveFacts) => PackedRows): void {
    if (this.packable === null) return;
    this.ownPhases();
    const { own } = this;
    this.rows = rowsFor(own);
    this.place = this.rows.add(own);
    this.live = null;
  }

  /** One that rests, whose row is put among others. */
  static atRest(rest: Rest, put: (row: RowFacts) => RowPlace): EndpointRecord {
    const { no, localPort, remotePort, route, row } = rest;
    const { netns, local, remote } = route;
    const tuple = { netns, local, localPort, remote, remotePort };
    const [bornAt = 0] = row.figures;
    const endpoint = new EndpointRecord(no, tuple, null, row.story.state, bornAt, route);
    const { rows, place } = put(row);
    endpoint.rows = rows;
    endpoint.place = place;
    endpoint.live = null;
    return endpoint;
  }

  /** Where its row stands, as long as it is packed. */
  get rowPlace(): RowPlace | null {
    return this.rows === null ? null : { rows: this.rows, place: this.place };
  }

  /** All that it says, of one that is packed and has nothing rare. */
  get row(): RowFacts | null {
    return this.live !== null || this.rare !== NO_RARE ? null : this.packed.rowAt(this.place);
  }

  /** What it has in common with others that differ by their ports. */
  get way(): Route {
    return this.route;
  }

  get id(): string {
    return `e${this.no}`;
  }

  get tuple(): SocketTuple {
    const { netns, local, localPort, remote, remotePort } = this;
    return { netns, local, localPort, remote, remotePort };
  }

  /** Another tuple, with its route where others have the same. */
  retuple(tuple: SocketTuple, route: Route): void {
    this.route = route;
    this.pairOfPorts = portPair(tuple.localPort, tuple.remotePort);
  }

  get netns(): number {
    return this.route.netns;
  }

  get local(): string {
    return this.route.local;
  }

  get localPort(): number {
    return this.pairOfPorts >>> 16;
  }

  get remote(): string {
    return this.route.remote;
  }

  get remotePort(): number {
    return this.pairOfPorts & 0xffff;
  }

  get pairKey(): string {
    return this.hasPorts ? pairKey(this.tuple) : "";
  }

  /** SYN_SENT begins without a local port, and what bind() alone leaves has no remote one. */
  get hasPorts(): boolean {
    return this.localPort !== 0 && this.remotePort !== 0;
  }

  get rttMs(): number | null {
    const { srttUs } = this;
    return srttUs === null ? null : srttUs / 1000;
  }

  get owner(): Owner | null {
    return this.owned;
  }
  /** Who holds it stays as it was. */
  set owner(owner: Owner | null) {
    const { owned } = this;
    const isSame = owner?.pid === owned?.pid && owner?.comm === owned?.comm;
    if (this.fd >= 0 && !isSame) this.holders = [...this.holders];
    this.own.owned = owner;
  }

  get holders(): readonly Holder[] {
    const { fd, owned } = this;
    if (fd < 0 || owned === null) return this.rare.holders;
    return [{ pid: owned.pid, comm: owned.comm, fds: [fd] }];
  }
  set holders(holders: readonly Holder[]) {
    this.own.fd = -1;
    if (this.rare.holders !== holders) this.ownRare().holders = holders;
  }

  /** The owner, and nobody else, holds it through this descriptor. */
  holdThrough(fd: number): void {
    this.own.fd = fd;
  }
}
