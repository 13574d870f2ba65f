/** Keeps what endpoints say that seldom change any more: a row of numbers for each, outside the heap. */

import type { Nanoseconds } from "../event/trace-event.ts";
import type { Owner } from "./endpoint.ts";
import { type LiveFacts, newFacts } from "./live-facts.ts";
import { NO_WORD } from "./packable.ts";
import { type PackedStory, type RowFacts, sequelOf, storyIn } from "./packed-story.ts";
import * as At from "./row-layout.ts";
import { copyRare, ENDED_AT, EXPIRES_AT, NO_RARE, type Rare } from "./sequel.ts";

/** Doubles of one set of rows: 64 KiB, some 680 rows. */
const ROOM = 8192;

/** Rows that a set has room for at most. */
export const ROWS_OF_A_SET = ROOM / At.MOMENTS;

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

  /** A number for each place of a row among its set's, below {@link ROWS_OF_A_SET}. */
  static numberAt(place: number): number {
    return Math.floor(place / At.MOMENTS);
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
    return this.#used + At.MOMENTS + sequel.moments.length + 1 <= this.#doubles.length;
  }

  /** Add what {@link isPackable}, and say where it stands. */
  add(facts: LiveFacts): number {
    const { sequel, bornAt, touchedAt } = facts;
    const place = this.#used;
    const doubles = this.#doubles;
    const { moments } = sequel;
    const ended = moments[ENDED_AT] as number;
    doubles[place + At.BORN] = bornAt;
    doubles[place + At.UNTIL] = Number.isNaN(ended) ? (moments[EXPIRES_AT] as number) : ended;
    doubles[place + At.TOUCHED] = touchedAt;
    this.#used = place + At.MOMENTS;
    for (let i = 0; i <= moments.length; i++) {
      // Its timer is set anew in its place, so that no other moment may stand there.
      const isTimer = i === EXPIRES_AT && Number.isNaN(ended);
      const at = i < moments.length ? (moments[i] as number) : (facts.ownedAt ?? Number.NaN);
      this.#refs[i] = isTimer ? At.UNTIL + 1 : this.#refTo(at, place, !Number.isNaN(ended));
    }
    this.#refs.length = moments.length + 1;
    const words = this.#words;
    const at = 2 * place;
    words[at + At.STORY] = storyIn(this.#stories, facts, this.#refs);
    words[at + At.OWNER] = facts.owned === null ? NO_WORD : indexIn(this.#owners, facts.owned);
    words[at + At.RARE] = sequel.rare === NO_RARE ? NO_WORD : this.#rares.push(sequel.rare) - 1;
    words[at + At.DUMP] = facts.lastDump;
    words[at + At.INODE] = facts.inode ?? NO_WORD;
    words[at + At.SENT] = facts.bytesSent ?? NO_WORD;
    words[at + At.RECEIVED] = facts.bytesReceived ?? NO_WORD;
    words[at + At.SRTT] = facts.srttUs ?? NO_WORD;
    words[at + At.FD] = facts.fd;
    words[at + At.TEARDOWN_NO] = sequel.teardownNo;
    return place;
  }

  /** Add a row that {@link rowAt} gave, of these rows or others; -1 where there is no room. */
  put({ story, owner, figures }: RowFacts): number {
    const place = this.#used;
    const more = figures.length - At.FIGURES;
    if (place + At.MOMENTS + more > this.#doubles.length) return -1;
    this.#used = place + At.MOMENTS + more;
    const [doubles, words, at] = [this.#doubles, this.#words, 2 * place];
    for (let i = 0; i < At.DOUBLES; i++) doubles[place + i] = figures[i] as number;
    for (let i = At.DOUBLES; i < At.FIGURES; i++)
      words[at + At.DUMP - At.DOUBLES + i] = figures[i] as number;
    for (let i = 0; i < more; i++)
      doubles[place + At.MOMENTS + i] = figures[At.FIGURES + i] as number;
    words[at + At.STORY] = indexIn(this.#stories, story);
    words[at + At.OWNER] = owner === null ? NO_WORD : indexIn(this.#owners, owner);
    words[at + At.RARE] = NO_WORD;
    return place;
  }

  /** All that is said at a place but what is rare. */
  rowAt(place: number): RowFacts {
    const story = this.story(place);
    const figures = [...this.#doubles.subarray(place, place + At.DOUBLES)];
    const words = 2 * place + At.DUMP;
    figures.push(...this.#words.subarray(words, words + At.FIGURES - At.DOUBLES));
    const more = place + At.MOMENTS;
    figures.push(...this.#doubles.subarray(more, more + At.momentsOf(story)));
    return { story, owner: this.owner(place), figures };
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
    return this.#stories[this.#words[2 * place + At.STORY] as number] as PackedStory;
  }

  owner(place: number): Owner | null {
    return this.#owners[this.#words[2 * place + At.OWNER] as number] ?? null;
  }

  rare(place: number): Rare {
    return this.#rares[this.#words[2 * place + At.RARE] as number] ?? NO_RARE;
  }

  bornAt(place: number): Nanoseconds {
    return this.#doubles[place + At.BORN] as number;
  }

  touchedAt(place: number): Nanoseconds {
    return this.#doubles[place + At.TOUCHED] as number;
  }

  touch(place: number, at: Nanoseconds): void {
    this.#doubles[place + At.TOUCHED] = at;
  }

  /** Set the timer of one that has not ended. */
  rearm(place: number, expiresAt: Nanoseconds): void {
    this.#doubles[place + At.UNTIL] = expiresAt;
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
    return this.#words[2 * place + At.DUMP] as number;
  }

  listedIn(place: number, dump: number): void {
    this.#words[2 * place + At.DUMP] = dump;
  }

  inode(place: number): number | null {
    return this.#word(place, At.INODE);
  }

  bytesSent(place: number): number | null {
    return this.#word(place, At.SENT);
  }

  bytesReceived(place: number): number | null {
    return this.#word(place, At.RECEIVED);
  }

  srttUs(place: number): number | null {
    return this.#word(place, At.SRTT);
  }

  /** -1 where there is none. */
  fd(place: number): number {
    return (this.#words[2 * place + At.FD] as number) | 0;
  }

  teardownNo(place: number): number {
    return this.#words[2 * place + At.TEARDOWN_NO] as number;
  }

  #word(place: number, which: number): number | null {
    const word = this.#words[2 * place + which] as number;
    return word === NO_WORD ? null : word;
  }

  /** Most moments are the beginning of one thing and the end of another: each is kept once. */
  #refTo(at: Nanoseconds, place: number, isOver: boolean): number {
    const doubles = this.#doubles;
    if (Number.isNaN(at)) return 0;
    if (at === doubles[place + At.BORN]) return At.BORN + 1;
    if (isOver && at === doubles[place + At.UNTIL]) return At.UNTIL + 1;
    let i = place + At.MOMENTS;
    while (i < this.#used && doubles[i] !== at) i++;
    if (i === this.#used) doubles[this.#used++] = at;
    return i - place + 1;
  }
}

function indexIn<T>(list: T[], item: T): number {
  const at = list.lastIndexOf(item);
  return at < 0 ? list.push(item) - 1 : at;
}
