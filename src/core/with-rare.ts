/** Reads and writes what few teardowns have, as if each fact were a field of the endpoint. */

import { NO_RARE, newRare, type Rare } from "./sequel.ts";
import { WithSequel } from "./with-sequel.ts";

/** One object for all of it, which comes with the first fact. */
export abstract class WithRare extends WithSequel {
  protected get rare(): Rare {
    return this.live === null ? this.packed.rare(this.place) : this.live.sequel.rare;
  }

  protected ownRare(): Rare {
    const own = this.ownSequel();
    if (own.rare === NO_RARE) own.rare = newRare();
    return own.rare;
  }

  get openedBy(): Rare["openedBy"] {
    return this.rare.openedBy;
  }
  set openedBy(value: Rare["openedBy"]) {
    if (this.rare.openedBy !== value) this.ownRare().openedBy = value;
  }

  get usedBy(): Rare["usedBy"] {
    return this.rare.usedBy;
  }
  set usedBy(value: Rare["usedBy"]) {
    if (this.rare.usedBy !== value) this.ownRare().usedBy = value;
  }

  get lastReceivedAt(): Rare["lastReceivedAt"] {
    return this.rare.lastReceivedAt;
  }
  set lastReceivedAt(value: Rare["lastReceivedAt"]) {
    if (this.rare.lastReceivedAt !== value) this.ownRare().lastReceivedAt = value;
  }

  get lastSentAt(): Rare["lastSentAt"] {
    return this.rare.lastSentAt;
  }
  set lastSentAt(value: Rare["lastSentAt"]) {
    if (this.rare.lastSentAt !== value) this.ownRare().lastSentAt = value;
  }

  get lostWave(): Rare["lostWave"] {
    return this.rare.lostWave;
  }
  set lostWave(value: Rare["lostWave"]) {
    if (this.rare.lostWave !== value) this.ownRare().lostWave = value;
  }

  get resends(): Rare["resends"] {
    return this.rare.resends;
  }
  set resends(value: Rare["resends"]) {
    if (this.rare.resends !== value) this.ownRare().resends = value;
  }

  get hasDoubtfulPeer(): Rare["hasDoubtfulPeer"] {
    return this.rare.hasDoubtfulPeer;
  }
  set hasDoubtfulPeer(value: Rare["hasDoubtfulPeer"]) {
    if (this.rare.hasDoubtfulPeer !== value) this.ownRare().hasDoubtfulPeer = value;
  }

  get reset(): Rare["reset"] {
    return this.rare.reset;
  }
  set reset(value: Rare["reset"]) {
    if (this.rare.reset !== value) this.ownRare().reset = value;
  }

  get note(): Rare["note"] {
    return this.rare.note;
  }
  set note(value: Rare["note"]) {
    if (this.rare.note !== value) this.ownRare().note = value;
  }

  get finHold(): Rare["finHold"] {
    return this.rare.finHold;
  }
  set finHold(value: Rare["finHold"]) {
    if (this.rare.finHold !== value) this.ownRare().finHold = value;
  }

  get flow(): Rare["flow"] {
    return this.rare.flow;
  }
  set flow(value: Rare["flow"]) {
    if (this.rare.flow !== value) this.ownRare().flow = value;
  }
}
