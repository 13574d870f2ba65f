/** An endpoint as the table keeps it: small while it is only open, for there may be a million. */

import type { TcpState } from "../event/tcp-state.ts";
import type { Nanoseconds, SocketTuple } from "../event/trace-event.ts";
import type { Endpoint, Evidence, Holder, Owner, Phase } from "./endpoint.ts";
import { pairKey } from "./pair-key.ts";
import { type PhaseKind, phaseKind } from "./phase-kind.ts";
import type { PortGroup } from "./port-group.ts";
import { copySequel, FIRST_PHASE, type Sequel } from "./sequel.ts";
import { addressOf, lowerHalf, upperHalf } from "./socket-address.ts";
import { WithSequel } from "./with-sequel.ts";

/** No socket of a kernel comes to ten; a forged recording would go on until nobody can wait. */
const MAX_PHASES = 64;

/**
 * What is read as an object of its own is made when it is read, as far as nobody has written to
 * it: the text of the id, the two phases of a connection that stands, the one descriptor through
 * which its process holds it.
 */
export class EndpointRecord extends WithSequel implements Endpoint {
  readonly no: number;
  tuple: SocketTuple;
  direction: Endpoint["direction"] = null;
  state: TcpState;
  readonly bornAt: Nanoseconds;
  touchedAt: Nanoseconds;
  ownedAt: Nanoseconds | undefined = undefined;
  inode: number | null = null;
  bytesSent: number | null = null;
  bytesReceived: number | null = null;
  peer: EndpointRecord | null = null;
  lastDump = 0;
  previousInState: EndpointRecord | null = null;
  nextInState: EndpointRecord | null = null;
  ports: PortGroup | null = null;
  /** Links of the table's chains. */
  nextOfSocket: EndpointRecord | null = null;
  nextOfPair: EndpointRecord | null = null;
  /** Smoothed round-trip time in the kernel's unit, microseconds. */
  srttUs: number | null = null;
  /** Halves of the socket's address, the text of one that has none; null without a socket. */
  upper: number | string | null = null;
  lower = 0;
  // No `#`: a screen that masks addresses reads through an object whose prototype this one is.
  private owned: Owner | null = null;
  /** The one descriptor through which the owner holds it; -1 where the sequel tells of holders. */
  private fd = -1;
  /** The phase that it is in and the one before, while it has had no more; see `opening`. */
  private now: PhaseKind | null = null;
  private first: PhaseKind | null = null;
  private since: Nanoseconds;

  constructor(
    no: number,
    tuple: SocketTuple,
    sk: string | null,
    state: TcpState,
    bornAt: Nanoseconds,
  ) {
    super();
    this.no = no;
    this.tuple = tuple;
    this.sk = sk;
    this.state = state;
    this.bornAt = bornAt;
    this.touchedAt = bornAt;
    this.since = bornAt;
  }

  /** One that goes its own way from here on, still linked to the same others. */
  copy(): EndpointRecord {
    const { no, tuple, state, bornAt } = this;
    const copy = Object.assign(new EndpointRecord(no, tuple, null, state, bornAt), this);
    copy.sequel = copySequel(this.sequel);
    return copy;
  }

  get id(): string {
    return `e${this.no}`;
  }

  get sk(): string | null {
    return typeof this.upper === "number" ? addressOf(this.upper, this.lower) : this.upper;
  }
  set sk(sk: string | null) {
    this.upper = sk === null ? null : upperHalf(sk);
    this.lower = typeof this.upper === "number" ? lowerHalf(sk as string) : 0;
  }

  /** Whether it has a full socket whose address is known. */
  get hasSocket(): boolean {
    return this.upper !== null;
  }

  get pairKey(): string {
    return this.hasPorts ? pairKey(this.tuple) : "";
  }

  /** SYN_SENT begins without a local port, and what bind() alone leaves has no remote one. */
  get hasPorts(): boolean {
    return this.tuple.localPort !== 0 && this.tuple.remotePort !== 0;
  }

  get rttMs(): number | null {
    return this.srttUs === null ? null : this.srttUs / 1000;
  }

  get owner(): Owner | null {
    return this.owned;
  }
  /** Who holds it stays as it was. */
  set owner(owner: Owner | null) {
    const { owned } = this;
    const isSame = owner?.pid === owned?.pid && owner?.comm === owned?.comm;
    if (this.fd >= 0 && !isSame) this.holders = [...this.holders];
    this.owned = owner;
  }

  get holders(): readonly Holder[] {
    const { fd, owned } = this;
    if (fd < 0 || owned === null) return this.sequel.rare.holders;
    return [{ pid: owned.pid, comm: owned.comm, fds: [fd] }];
  }
  set holders(holders: readonly Holder[]) {
    this.fd = -1;
    if (this.sequel.rare.holders !== holders) this.ownRare().holders = holders;
  }

  /** The owner, and nobody else, holds it through this descriptor. */
  holdThrough(fd: number): void {
    this.fd = fd;
  }

  get phases(): readonly Phase[] {
    const { phases } = this.sequel.plot;
    if (phases.length === 0) return this.opening();
    return phases.map((kind, i) => this.phaseAt(kind, i));
  }

  /** The phase that has not ended. */
  get running(): Phase | undefined {
    const { phases } = this.sequel.plot;
    if (phases.length === 0) {
      return this.now === null ? undefined : phaseOf(this.now, this.since, null);
    }
    const last = this.phaseAt(phases.at(-1) as PhaseKind, phases.length - 1);
    return last.to === null ? last : undefined;
  }

  /** When the last phase began; null where none is known. */
  get enteredAt(): Nanoseconds | null {
    const { length } = this.sequel.plot.phases;
    if (length > 0) return this.moment(placeOf(length - 1));
    return this.now === null ? null : this.since;
  }

  /** Enter a state; the phase before ends there. */
  enterPhase(state: TcpState, at: Nanoseconds, evidence: Evidence, atLeast: boolean): void {
    const { now, first, since, bornAt, sequel } = this;
    const kind = phaseKind(state, evidence, atLeast);
    const isFirst = now === null;
    const isSecond = first === null && since === bornAt && at >= since;
    if (sequel.plot.phases.length === 0 && (isFirst || isSecond)) {
      this.first = now;
      this.now = kind;
      this.since = at;
      return;
    }
    this.endPhase(at);
    const own = this.ownPhases();
    if (own.plot.phases.length >= MAX_PHASES) this.forgetFirst(own);
    const place = placeOf(own.plot.phases.length);
    own.plot = own.plot.withPhase(kind);
    if (place >= own.moments.length) own.moments = own.moments.concat([at, Number.NaN]);
    else own.moments[place] = at;
  }

  /** End the running phase. */
  endPhase(at: Nanoseconds): void {
    const { plot, moments } = this.ownPhases();
    const place = placeOf(plot.phases.length - 1);
    if (plot.phases.length === 0 || !Number.isNaN(moments[place + 1])) return;
    moments[place + 1] = Math.max(at, moments[place] as number);
  }

  /** How the phase that it is in is known, as it turns out. */
  judgePhase(evidence: Evidence): void {
    const own = this.ownPhases();
    const last = own.plot.phases.at(-1);
    if (last === undefined || last.evidence === evidence) return;
    const judged = phaseKind(last.state, evidence, last.atLeast);
    own.plot = own.plot.withPhases([...own.plot.phases.slice(0, -1), judged]);
  }

  /** The last phase never was. */
  dropPhase(): void {
    const own = this.ownPhases();
    const { length } = own.plot.phases;
    if (length === 0) return;
    own.plot = own.plot.withPhases(own.plot.phases.slice(0, -1));
    own.moments.fill(Number.NaN, placeOf(length - 1));
  }

  private phaseAt(kind: PhaseKind, i: number): Phase {
    const from = this.moment(placeOf(i)) as Nanoseconds;
    return phaseOf(kind, from, this.moment(placeOf(i) + 1));
  }

  private forgetFirst(own: Sequel): void {
    this.isComplete = false;
    own.plot = own.plot.withPhases(own.plot.phases.slice(1));
    own.moments.copyWithin(FIRST_PHASE, placeOf(1)).fill(Number.NaN, -2);
  }

  /** Its sequel, which from now on tells of the phases. */
  private ownPhases(): Sequel {
    const own = this.ownSequel();
    const { now, first } = this;
    if (now === null) return own;
    let place = FIRST_PHASE;
    for (const { from, to } of this.opening()) {
      own.moments[place++] = from;
      own.moments[place++] = to ?? Number.NaN;
    }
    own.plot = own.plot.withPhases(first === null ? [now] : [first, now]);
    this.now = null;
    this.first = null;
    return own;
  }

  /** The first two phases, of which the earlier began at birth and lasted until the later. */
  private opening(): Phase[] {
    const { now, first, since: from } = this;
    if (now === null) return [];
    const last = phaseOf(now, from, null);
    return first === null ? [last] : [phaseOf(first, this.bornAt, from), last];
  }
}

/** Where the beginning of a phase stands among the moments. */
function placeOf(phase: number): number {
  return FIRST_PHASE + 2 * phase;
}

function phaseOf(kind: PhaseKind, from: Nanoseconds, to: Nanoseconds | null): Phase {
  return { state: kind.state, from, to, evidence: kind.evidence, atLeast: kind.atLeast };
}
