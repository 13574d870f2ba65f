/** Keeps what an endpoint seldom has apart from it: one that only stays open has none of it. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { Endpoint, Wave } from "./endpoint.ts";
import type { PackedStory } from "./packed-story.ts";
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
import { WithFacts } from "./with-facts.ts";

/**
 * Reads and writes each fact of a sequel as if it were a field of the endpoint.
 *
 * A million endpoints that stay open would pay eight bytes for each of them. The accessors are
 * written out: the engine keeps what it learns of a function by the place where that was made, so
 * that those made in a loop would all be slow.
 */
export abstract class WithSequel extends WithFacts {
  /** What is the same whether it is packed or not. */
  protected get told(): Sequel | PackedStory {
    return this.live === null ? this.story : this.live.sequel;
  }

  protected ownSequel(): Sequel {
    const { own } = this;
    if (own.sequel === NO_SEQUEL) own.sequel = newSequel();
    return own.sequel;
  }

  /** Null where there is none. */
  protected moment(place: number): Nanoseconds | null {
    const { live } = this;
    const at = live === null ? this.packed.moment(this.place, place) : live.sequel.moments[place];
    return Number.isNaN(at) ? null : (at as number);
  }

  get isMini(): Sequel["isMini"] {
    return this.told.isMini;
  }
  set isMini(value: Sequel["isMini"]) {
    if (this.told.isMini !== value) this.ownSequel().isMini = value;
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
    if (this.expiresAt === value) return;
    if (this.live === null && value !== null && this.endedAt === null) {
      this.packed.rearm(this.place, value);
    } else this.ownSequel().moments[EXPIRES_AT] = value ?? Number.NaN;
  }

  get role(): Sequel["role"] {
    return this.told.role;
  }
  set role(value: Sequel["role"]) {
    if (this.told.role !== value) this.ownSequel().role = value;
  }

  get trigger(): Sequel["trigger"] {
    return this.told.trigger;
  }
  set trigger(value: Sequel["trigger"]) {
    if (this.told.trigger !== value) this.ownSequel().trigger = value;
  }

  get verdict(): Sequel["verdict"] {
    return this.told.verdict;
  }
  set verdict(value: Sequel["verdict"]) {
    if (this.told.verdict !== value) this.ownSequel().verdict = value;
  }

  get orphan(): Sequel["orphan"] {
    return this.told.orphan;
  }
  set orphan(value: Sequel["orphan"]) {
    if (this.told.orphan !== value) this.ownSequel().orphan = value;
  }

  get unread(): Sequel["unread"] {
    return this.told.unread;
  }
  set unread(value: Sequel["unread"]) {
    if (this.told.unread !== value) this.ownSequel().unread = value;
  }

  get unreadBytes(): Sequel["unreadBytes"] {
    return this.live === null ? null : this.live.sequel.unreadBytes;
  }
  set unreadBytes(value: Sequel["unreadBytes"]) {
    if (this.unreadBytes !== value) this.ownSequel().unreadBytes = value;
  }

  get eofRead(): Sequel["eofRead"] {
    return this.told.eofRead;
  }
  set eofRead(value: Sequel["eofRead"]) {
    if (this.told.eofRead !== value) this.ownSequel().eofRead = value;
  }

  get lastReadAt(): Endpoint["lastReadAt"] {
    return this.moment(LAST_READ_AT) ?? undefined;
  }
  set lastReadAt(value: Endpoint["lastReadAt"]) {
    if (this.lastReadAt !== value) this.ownSequel().moments[LAST_READ_AT] = value ?? Number.NaN;
  }

  get waves(): readonly Wave[] {
    return this.told.plot.waves.map((kind) => ({ ...kind, at: this.moment(kind.n - 1) }));
  }

  /** What is known of a wave but for its moment. */
  waveKind(n: Wave["n"]): WaveKind | undefined {
    return this.told.plot.waves.find((wave) => wave.n === n);
  }

  /** Note a wave, in place of what was known of it. */
  setWave({ at, ...kind }: Wave): void {
    const own = this.ownSequel();
    own.plot = own.plot.withWave(kind);
    own.moments[kind.n - 1] = at ?? Number.NaN;
  }

  get isComplete(): Sequel["isComplete"] {
    return this.told.isComplete;
  }
  set isComplete(value: Sequel["isComplete"]) {
    if (this.told.isComplete !== value) this.ownSequel().isComplete = value;
  }

  get teardownNo(): Sequel["teardownNo"] {
    return this.live?.sequel.teardownNo ?? this.packed.teardownNo(this.place);
  }
  set teardownNo(value: Sequel["teardownNo"]) {
    if (this.teardownNo !== value) this.ownSequel().teardownNo = value;
  }

  get finHasRoom(): Sequel["finHasRoom"] {
    return this.told.finHasRoom;
  }
  set finHasRoom(value: Sequel["finHasRoom"]) {
    if (this.told.finHasRoom !== value) this.ownSequel().finHasRoom = value;
  }
}
