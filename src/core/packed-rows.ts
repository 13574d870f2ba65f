/** Keeps what endpoints say that seldom change any more: a row of numbers for each, outside the heap. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { Owner } from "./endpoint.ts";
import { type LiveFacts, newFacts } from "./live-facts.ts";
import { NO_WORD } from "./packable.ts";
import { isToldBy, type PackedStory, packedStory, sequelOf } from "./packed-story.ts";
import { copyRare, ENDED_AT, EXPIRES_AT, NO_RARE, type Rare } from "./sequel.ts";

/** Doubles of one set of rows: 64 KiB, some 680 rows. */
const ROOM = 8192;

/** Doubles of a row, then ten words in five of them, then the moments that are none of these. */
const BORN = 0;
const UNTIL = 1;
const TOUCHED = 2;
const MOMENTS = 8;

/** Words of a row, counted from its beginning. */
const STORY = 6;
const OWNER = 7;
const RARE = 8;
const DUMP = 9;
const INODE = 10;
const SENT = 11;
const RECEIVED = 12;
const SRTT = 13;
const FD = 14;
const TEARDOWN_NO = 15;

/**
 * Rows are added and never removed: a set goes with the last endpoint whose row it holds, which
 * those of one age leave at about one time. An endpoint that changes is unpacked and, when it has
 * settled again, gets a row elsewhere.
 *
 * A host with 2,000 connections a second has 120,000 in TIME_WAIT. As objects of the engine each
 * took a kilobyte, that the collector had to go through again and again; here it is some 100 bytes.
 */
export class PackedRows {
  readonly #doubles: Float64Array;
  readonly #words: Uint32Array;
  readonly #stories: PackedStory[] = [];
  readonly #owners: Owner[] = [];
  readonly #rares: Rare[] = [];
  /** Where among the doubles of its row each moment of the one that is packed now stands, from 1. */
  readonly #refs: number[] = [];
  #used = 0;

  constructor(doubles = new Float64Array(ROOM)) {
    this.#doubles = doubles;
    this.#words = new Uint32Array(doubles.buffer);
  }

  /** The same rows at the same places; nothing can be added to them. */
  copy(): PackedRows {
    const copy = new PackedRows(this.#doubles.slice(0, this.#used));
    copy.#used = this.#used;
    copy.#stories.push(...this.#stories);
    copy.#owners.push(...this.#owners);
    // What is rare is changed in place when its endpoint is unpacked.
    for (const rare of this.#rares) copy.#rares.push(copyRare(rare));
    return copy;
  }

  /** Whether another row has room, whatever it says. */
  hasRoomFor({ sequel }: LiveFacts): boolean {
    return this.#used + MOMENTS + sequel.moments.length + 1 <= this.#doubles.length;
  }

  /** Add what {@link isPackable}, and say where it stands. */
  add(facts: LiveFacts): number {
    const { sequel, bornAt, touchedAt } = facts;
    const place = this.#used;
    const doubles = this.#doubles;
    const { moments } = sequel;
    const ended = moments[ENDED_AT] as number;
    doubles[place + BORN] = bornAt;
    doubles[place + UNTIL] = Number.isNaN(ended) ? (moments[EXPIRES_AT] as number) : ended;
    doubles[place + TOUCHED] = touchedAt;
    this.#used = place + MOMENTS;
    for (let i = 0; i <= moments.length; i++) {
      // Its timer is set anew in its place, so that no other moment may stand there.
      const isTimer = i === EXPIRES_AT && Number.isNaN(ended);
      const at = i < moments.length ? (moments[i] as number) : (facts.ownedAt ?? Number.NaN);
      this.#refs[i] = isTimer ? UNTIL + 1 : this.#refTo(at, place, !Number.isNaN(ended));
    }
    this.#refs.length = moments.length + 1;
    const words = this.#words;
    const at = 2 * place;
    words[at + STORY] = this.#storyOf(facts);
    words[at + OWNER] = facts.owned === null ? NO_WORD : indexIn(this.#owners, facts.owned);
    words[at + RARE] = sequel.rare === NO_RARE ? NO_WORD : this.#rares.push(sequel.rare) - 1;
    words[at + DUMP] = facts.lastDump;
    words[at + INODE] = facts.inode ?? NO_WORD;
    words[at + SENT] = facts.bytesSent ?? NO_WORD;
    words[at + RECEIVED] = facts.bytesReceived ?? NO_WORD;
    words[at + SRTT] = facts.srttUs ?? NO_WORD;
    words[at + FD] = facts.fd;
    words[at + TEARDOWN_NO] = sequel.teardownNo;
    return place;
  }

  /** What is said at a place, to be changed from now on; the row is not used any more. */
  unpack(place: number): LiveFacts {
    const story = this.story(place);
    const sequel = sequelOf(story);
    for (let i = 0; i < story.refs.length - 1; i++) sequel.moments[i] = this.moment(place, i);
    sequel.teardownNo = this.teardownNo(place);
    sequel.rare = this.rare(place);
    const facts = newFacts(story.state, this.bornAt(place));
    facts.direction = story.direction;
    facts.touchedAt = this.touchedAt(place);
    facts.ownedAt = this.ownedAt(place);
    facts.inode = this.inode(place);
    facts.bytesSent = this.bytesSent(place);
    facts.bytesReceived = this.bytesReceived(place);
    facts.lastDump = this.lastDump(place);
    facts.srttUs = this.srttUs(place);
    facts.owned = this.owner(place);
    facts.fd = this.fd(place);
    facts.sequel = sequel;
    return facts;
  }

  story(place: number): PackedStory {
    return this.#stories[this.#words[2 * place + STORY] as number] as PackedStory;
  }

  owner(place: number): Owner | null {
    return this.#owners[this.#words[2 * place + OWNER] as number] ?? null;
  }

  rare(place: number): Rare {
    return this.#rares[this.#words[2 * place + RARE] as number] ?? NO_RARE;
  }

  bornAt(place: number): Nanoseconds {
    return this.#doubles[place + BORN] as number;
  }

  touchedAt(place: number): Nanoseconds {
    return this.#doubles[place + TOUCHED] as number;
  }

  touch(place: number, at: Nanoseconds): void {
    this.#doubles[place + TOUCHED] = at;
  }

  /** Set the timer of one that has not ended. */
  rearm(place: number, expiresAt: Nanoseconds): void {
    this.#doubles[place + UNTIL] = expiresAt;
  }

  /** The moment at this place of its list, NaN where there is none. */
  moment(place: number, i: number): Nanoseconds {
    const ref = this.story(place).refs[i];
    return ref ? (this.#doubles[place + ref - 1] as number) : Number.NaN;
  }

  ownedAt(place: number): Nanoseconds | undefined {
    const at = this.moment(place, this.story(place).refs.length - 1);
    return Number.isNaN(at) ? undefined : at;
  }

  lastDump(place: number): number {
    return this.#words[2 * place + DUMP] as number;
  }

  listedIn(place: number, dump: number): void {
    this.#words[2 * place + DUMP] = dump;
  }

  inode(place: number): number | null {
    return this.#word(place, INODE);
  }

  bytesSent(place: number): number | null {
    return this.#word(place, SENT);
  }

  bytesReceived(place: number): number | null {
    return this.#word(place, RECEIVED);
  }

  srttUs(place: number): number | null {
    return this.#word(place, SRTT);
  }

  /** -1 where there is none. */
  fd(place: number): number {
    return (this.#words[2 * place + FD] as number) | 0;
  }

  teardownNo(place: number): number {
    return this.#words[2 * place + TEARDOWN_NO] as number;
  }

  #word(place: number, which: number): number | null {
    const word = this.#words[2 * place + which] as number;
    return word === NO_WORD ? null : word;
  }

  /** Most moments are the beginning of one thing and the end of another: each is kept once. */
  #refTo(at: Nanoseconds, place: number, isOver: boolean): number {
    const doubles = this.#doubles;
    if (Number.isNaN(at)) return 0;
    if (at === doubles[place + BORN]) return BORN + 1;
    if (isOver && at === doubles[place + UNTIL]) return UNTIL + 1;
    let i = place + MOMENTS;
    while (i < this.#used && doubles[i] !== at) i++;
    if (i === this.#used) doubles[this.#used++] = at;
    return i - place + 1;
  }

  /** Those of one time have few stories, the newest of which is nearly always told again. */
  #storyOf(facts: LiveFacts): number {
    const stories = this.#stories;
    for (let i = stories.length - 1; i >= 0; i--) {
      if (isToldBy(stories[i] as PackedStory, facts, this.#refs)) return i;
    }
    return stories.push(packedStory(facts, this.#refs)) - 1;
  }
}

function indexIn<T>(list: T[], item: T): number {
  const at = list.lastIndexOf(item);
  return at < 0 ? list.push(item) - 1 : at;
}
