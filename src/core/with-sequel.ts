/** Keeps what an endpoint seldom has apart from it: one that only stays open has none of it. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { Endpoint, Wave } from "./endpoint.ts";
import type { WaveKind } from "./plot.ts";
import {
  ENDED_AT,
  EXPIRES_AT,
  LAST_READ_AT,
  NO_RARE,
  NO_SEQUEL,
  newRare,
  newSequel,
  type Rare,
  type Sequel,
  TEARDOWN_AT,
} from "./sequel.ts";

/**
 * Reads and writes each fact of a sequel as if it were a field of the endpoint.
 *
 * A million endpoints that stay open would pay eight bytes for each of them. The accessors are
 * written out: the engine keeps what it learns of a function by the place where that was made, so
 * that those made in a loop would all be slow.
 */
export abstract class WithSequel {
  /** The shared one until a fact is other than at the beginning. */
  protected sequel: Sequel = NO_SEQUEL;

  protected ownSequel(): Sequel {
    if (this.sequel === NO_SEQUEL) this.sequel = newSequel();
    return this.sequel;
  }

  protected ownRare(): Rare {
    const own = this.ownSequel();
    if (own.rare === NO_RARE) own.rare = newRare();
    return own.rare;
  }

  /** Null where there is none. */
  protected moment(place: number): Nanoseconds | null {
    const at = this.sequel.moments[place] as number;
    return Number.isNaN(at) ? null : at;
  }

  get isMini(): Sequel["isMini"] {
    return this.sequel.isMini;
  }
  set isMini(value: Sequel["isMini"]) {
    if (this.sequel.isMini !== value) this.ownSequel().isMini = value;
  }

  get endedAt(): Endpoint["endedAt"] {
    return this.moment(ENDED_AT);
  }
  set endedAt(value: Endpoint["endedAt"]) {
    if (this.endedAt !== value) this.ownSequel().moments[ENDED_AT] = value ?? Number.NaN;
  }

  get teardownAt(): Endpoint["teardownAt"] {
    return this.moment(TEARDOWN_AT);
  }
  set teardownAt(value: Endpoint["teardownAt"]) {
    if (this.teardownAt !== value) this.ownSequel().moments[TEARDOWN_AT] = value ?? Number.NaN;
  }

  get expiresAt(): Endpoint["expiresAt"] {
    return this.moment(EXPIRES_AT);
  }
  set expiresAt(value: Endpoint["expiresAt"]) {
    if (this.expiresAt !== value) this.ownSequel().moments[EXPIRES_AT] = value ?? Number.NaN;
  }

  get role(): Sequel["role"] {
    return this.sequel.role;
  }
  set role(value: Sequel["role"]) {
    if (this.sequel.role !== value) this.ownSequel().role = value;
  }

  get trigger(): Sequel["trigger"] {
    return this.sequel.trigger;
  }
  set trigger(value: Sequel["trigger"]) {
    if (this.sequel.trigger !== value) this.ownSequel().trigger = value;
  }

  get verdict(): Sequel["verdict"] {
    return this.sequel.verdict;
  }
  set verdict(value: Sequel["verdict"]) {
    if (this.sequel.verdict !== value) this.ownSequel().verdict = value;
  }

  get orphan(): Sequel["orphan"] {
    return this.sequel.orphan;
  }
  set orphan(value: Sequel["orphan"]) {
    if (this.sequel.orphan !== value) this.ownSequel().orphan = value;
  }

  get openedBy(): Rare["openedBy"] {
    return this.sequel.rare.openedBy;
  }
  set openedBy(value: Rare["openedBy"]) {
    if (this.sequel.rare.openedBy !== value) this.ownRare().openedBy = value;
  }

  get usedBy(): Rare["usedBy"] {
    return this.sequel.rare.usedBy;
  }
  set usedBy(value: Rare["usedBy"]) {
    if (this.sequel.rare.usedBy !== value) this.ownRare().usedBy = value;
  }

  get unread(): Sequel["unread"] {
    return this.sequel.unread;
  }
  set unread(value: Sequel["unread"]) {
    if (this.sequel.unread !== value) this.ownSequel().unread = value;
  }

  get unreadBytes(): Sequel["unreadBytes"] {
    return this.sequel.unreadBytes;
  }
  set unreadBytes(value: Sequel["unreadBytes"]) {
    if (this.sequel.unreadBytes !== value) this.ownSequel().unreadBytes = value;
  }

  get eofRead(): Sequel["eofRead"] {
    return this.sequel.eofRead;
  }
  set eofRead(value: Sequel["eofRead"]) {
    if (this.sequel.eofRead !== value) this.ownSequel().eofRead = value;
  }

  get lastReadAt(): Endpoint["lastReadAt"] {
    return this.moment(LAST_READ_AT) ?? undefined;
  }
  set lastReadAt(value: Endpoint["lastReadAt"]) {
    if (this.lastReadAt !== value) this.ownSequel().moments[LAST_READ_AT] = value ?? Number.NaN;
  }

  get lastReceivedAt(): Rare["lastReceivedAt"] {
    return this.sequel.rare.lastReceivedAt;
  }
  set lastReceivedAt(value: Rare["lastReceivedAt"]) {
    if (this.sequel.rare.lastReceivedAt !== value) this.ownRare().lastReceivedAt = value;
  }

  get lastSentAt(): Rare["lastSentAt"] {
    return this.sequel.rare.lastSentAt;
  }
  set lastSentAt(value: Rare["lastSentAt"]) {
    if (this.sequel.rare.lastSentAt !== value) this.ownRare().lastSentAt = value;
  }

  get waves(): readonly Wave[] {
    return this.sequel.plot.waves.map((kind) => ({ ...kind, at: this.moment(kind.n - 1) }));
  }

  /** What is known of a wave but for its moment. */
  waveKind(n: Wave["n"]): WaveKind | undefined {
    return this.sequel.plot.waves.find((wave) => wave.n === n);
  }

  /** Note a wave, in place of what was known of it. */
  setWave({ at, ...kind }: Wave): void {
    const own = this.ownSequel();
    own.plot = own.plot.withWave(kind);
    own.moments[kind.n - 1] = at ?? Number.NaN;
  }

  get lostWave(): Rare["lostWave"] {
    return this.sequel.rare.lostWave;
  }
  set lostWave(value: Rare["lostWave"]) {
    if (this.sequel.rare.lostWave !== value) this.ownRare().lostWave = value;
  }

  get resends(): Rare["resends"] {
    return this.sequel.rare.resends;
  }
  set resends(value: Rare["resends"]) {
    if (this.sequel.rare.resends !== value) this.ownRare().resends = value;
  }

  get hasDoubtfulPeer(): Rare["hasDoubtfulPeer"] {
    return this.sequel.rare.hasDoubtfulPeer;
  }
  set hasDoubtfulPeer(value: Rare["hasDoubtfulPeer"]) {
    if (this.sequel.rare.hasDoubtfulPeer !== value) this.ownRare().hasDoubtfulPeer = value;
  }

  get isComplete(): Sequel["isComplete"] {
    return this.sequel.isComplete;
  }
  set isComplete(value: Sequel["isComplete"]) {
    if (this.sequel.isComplete !== value) this.ownSequel().isComplete = value;
  }

  get reset(): Rare["reset"] {
    return this.sequel.rare.reset;
  }
  set reset(value: Rare["reset"]) {
    if (this.sequel.rare.reset !== value) this.ownRare().reset = value;
  }

  get teardownNo(): Sequel["teardownNo"] {
    return this.sequel.teardownNo;
  }
  set teardownNo(value: Sequel["teardownNo"]) {
    if (this.sequel.teardownNo !== value) this.ownSequel().teardownNo = value;
  }

  get note(): Rare["note"] {
    return this.sequel.rare.note;
  }
  set note(value: Rare["note"]) {
    if (this.sequel.rare.note !== value) this.ownRare().note = value;
  }

  get finHasRoom(): Sequel["finHasRoom"] {
    return this.sequel.finHasRoom;
  }
  set finHasRoom(value: Sequel["finHasRoom"]) {
    if (this.sequel.finHasRoom !== value) this.ownSequel().finHasRoom = value;
  }

  get finHold(): Rare["finHold"] {
    return this.sequel.rare.finHold;
  }
  set finHold(value: Rare["finHold"]) {
    if (this.sequel.rare.finHold !== value) this.ownRare().finHold = value;
  }

  get flow(): Rare["flow"] {
    return this.sequel.rare.flow;
  }
  set flow(value: Rare["flow"]) {
    if (this.sequel.rare.flow !== value) this.ownRare().flow = value;
  }
}
