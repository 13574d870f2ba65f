/** Keeps what an endpoint seldom has apart from it: one that only stays open has none of it. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { Endpoint, Wave } from "./endpoint.ts";
import type { WaveKind } from "./plot.ts";
import {
  ENDED_AT,
  EXPIRES_AT,
  LAST_READ_AT,
  NO_SEQUEL,
  newSequel,
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

  get openedBy(): Sequel["openedBy"] {
    return this.sequel.openedBy;
  }
  set openedBy(value: Sequel["openedBy"]) {
    if (this.sequel.openedBy !== value) this.ownSequel().openedBy = value;
  }

  get usedBy(): Sequel["usedBy"] {
    return this.sequel.usedBy;
  }
  set usedBy(value: Sequel["usedBy"]) {
    if (this.sequel.usedBy !== value) this.ownSequel().usedBy = value;
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

  get lastReceivedAt(): Sequel["lastReceivedAt"] {
    return this.sequel.lastReceivedAt;
  }
  set lastReceivedAt(value: Sequel["lastReceivedAt"]) {
    if (this.sequel.lastReceivedAt !== value) this.ownSequel().lastReceivedAt = value;
  }

  get lastSentAt(): Sequel["lastSentAt"] {
    return this.sequel.lastSentAt;
  }
  set lastSentAt(value: Sequel["lastSentAt"]) {
    if (this.sequel.lastSentAt !== value) this.ownSequel().lastSentAt = value;
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

  get lostWave(): Sequel["lostWave"] {
    return this.sequel.lostWave;
  }
  set lostWave(value: Sequel["lostWave"]) {
    if (this.sequel.lostWave !== value) this.ownSequel().lostWave = value;
  }

  get resends(): Sequel["resends"] {
    return this.sequel.resends;
  }
  set resends(value: Sequel["resends"]) {
    if (this.sequel.resends !== value) this.ownSequel().resends = value;
  }

  get hasDoubtfulPeer(): Sequel["hasDoubtfulPeer"] {
    return this.sequel.hasDoubtfulPeer;
  }
  set hasDoubtfulPeer(value: Sequel["hasDoubtfulPeer"]) {
    if (this.sequel.hasDoubtfulPeer !== value) this.ownSequel().hasDoubtfulPeer = value;
  }

  get isComplete(): Sequel["isComplete"] {
    return this.sequel.isComplete;
  }
  set isComplete(value: Sequel["isComplete"]) {
    if (this.sequel.isComplete !== value) this.ownSequel().isComplete = value;
  }

  get reset(): Sequel["reset"] {
    return this.sequel.reset;
  }
  set reset(value: Sequel["reset"]) {
    if (this.sequel.reset !== value) this.ownSequel().reset = value;
  }

  get teardownNo(): Sequel["teardownNo"] {
    return this.sequel.teardownNo;
  }
  set teardownNo(value: Sequel["teardownNo"]) {
    if (this.sequel.teardownNo !== value) this.ownSequel().teardownNo = value;
  }

  get note(): Sequel["note"] {
    return this.sequel.note;
  }
  set note(value: Sequel["note"]) {
    if (this.sequel.note !== value) this.ownSequel().note = value;
  }

  get finHasRoom(): Sequel["finHasRoom"] {
    return this.sequel.finHasRoom;
  }
  set finHasRoom(value: Sequel["finHasRoom"]) {
    if (this.sequel.finHasRoom !== value) this.ownSequel().finHasRoom = value;
  }

  get finHold(): Sequel["finHold"] {
    return this.sequel.finHold;
  }
  set finHold(value: Sequel["finHold"]) {
    if (this.sequel.finHold !== value) this.ownSequel().finHold = value;
  }

  get flow(): Sequel["flow"] {
    return this.sequel.flow;
  }
  set flow(value: Sequel["flow"]) {
    if (this.sequel.flow !== value) this.ownSequel().flow = value;
  }
}
