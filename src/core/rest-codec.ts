/** Says endpoints that rest in few words and small numbers, many at once. */

import type { Owner, Wave } from "./endpoint.ts";
import { NO_WORD } from "./packable.ts";
import type { PackedStory } from "./packed-story.ts";
import { type PhaseKind, phaseKind } from "./phase-kind.ts";
import { NO_PLOT } from "./plot.ts";
import type { Rest } from "./rest.ts";
import type { Route } from "./route.ts";
import { DOUBLES, DUMP, FIGURES, INODE, momentsOf } from "./row-layout.ts";
import { sharedOwner } from "./shared-owner.ts";

/** A story as JSON has it. */
interface PlainStory extends Omit<PackedStory, "plot" | "finHasRoom"> {
  readonly finHasRoom?: boolean | undefined;
  readonly phases: readonly PhaseKind[];
  readonly waves: readonly Omit<Wave, "at">[];
}

/** Endpoints that rest, as JSON can say it: what many have in common once, the rest in numbers. */
export interface RestBlock {
  readonly common: {
    readonly routes: readonly Route[];
    readonly owners: readonly Owner[];
    readonly stories: readonly PlainStory[];
  };
  /** Row after row, each number less the one of the row before: small ones of either sign. */
  readonly numbers: ArrayLike<number>;
}

/** Takes names and addresses out. */
export interface RestRedactor {
  comm(name: string): string;
  address(text: string): string;
}

/** Places in a row of a block, before the figures, of which the first is the moment of its birth. */
const NO = 0;
const LOCAL_PORT = 1;
const REMOTE_PORT = 2;
const ROUTE = 3;
const TAKES_PORT = 4;
const STORY = 5;
const OWNER = 6;
const BORN = 7;
const FIRST_WORD = BORN + DOUBLES;
const LAST_WORD = BORN + FIGURES - 1;

/** Say these; they are known by their places from then on. */
export function encodeRests(rests: readonly Rest[]): RestBlock {
  const routes = new Listing<Route>(({ netns, local, remote }) => `${netns} ${local} ${remote}`);
  const owners = new Listing<Owner>((owner) => JSON.stringify(owner));
  const stories = new Listing<PackedStory>((story) => JSON.stringify(plain(story)));
  const steps: number[] = [];
  let before: readonly number[] = [];
  for (const { no, localPort, remotePort, route, takesPort, row } of rests) {
    const owner = row.owner === null ? 0 : owners.placeOf(row.owner) + 1;
    const places = [routes.placeOf(route), takesPort ? 1 : 0, stories.placeOf(row.story), owner];
    const numbers = [no, localPort, remotePort, ...places, ...row.figures];
    for (const [i, number] of numbers.entries()) steps.push(number - base(numbers, before, i));
    before = numbers;
  }
  const common = { routes: routes.all, owners: owners.all, stories: stories.all.map(plain) };
  return { common, numbers: steps };
}

/** Hear them again, and keep those for whose place `isWanted`. */
export function decodeRests(
  { common, numbers: steps }: RestBlock,
  isWanted: (place: number) => boolean,
  redactor?: RestRedactor,
): Rest[] {
  const { routes, owners } = common;
  const told = common.stories.map(unplain);
  const lengths = told.map((story) => BORN + FIGURES + momentsOf(story));
  const ways = redactor === undefined ? routes : routes.map((route) => redacted(route, redactor));
  const holders = owners.map(({ pid, comm, source, confidence }) =>
    sharedOwner(pid, redactor?.comm(comm) ?? comm, source, confidence),
  );
  const rests: Rest[] = [];
  /** The numbers of the row before. */
  const known = new Float64Array(BORN + FIGURES);
  const next = (i: number): number => {
    known[i] = (known[i] as number) + (steps[at + i] as number);
    return known[i] as number;
  };
  let at = 0;
  for (let place = 0; at < steps.length; place++) {
    for (let i = 0; i <= BORN; i++) next(i);
    for (let i = FIRST_WORD; i <= LAST_WORD; i++) next(i);
    const story = known[STORY] as number;
    const length = lengths[story] as number;
    if (isWanted(place)) {
      const born = known[BORN] as number;
      const figures = [born];
      for (let i = BORN + 1; i < length; i++) {
        const isWord = i >= FIRST_WORD && i <= LAST_WORD;
        figures.push(isWord ? (known[i] as number) : born + (steps[at + i] as number));
      }
      if (redactor !== undefined) figures[DOUBLES + INODE - DUMP] = NO_WORD;
      const owner = holders[(known[OWNER] as number) - 1] ?? null;
      rests.push({
        no: known[NO] as number,
        localPort: known[LOCAL_PORT] as number,
        remotePort: known[REMOTE_PORT] as number,
        route: ways[known[ROUTE] as number] as Route,
        takesPort: known[TAKES_PORT] === 1,
        row: { story: told[story] as PackedStory, owner, figures },
      });
    }
    at += length;
  }
  return rests;
}

/** What a number is told from: moments from the row's own birth, the rest from the row before. */
function base(numbers: readonly number[], before: readonly number[], i: number): number {
  const isMoment = i > BORN && (i < FIRST_WORD || i > LAST_WORD);
  return isMoment ? (numbers[BORN] as number) : (before[i] ?? 0);
}

function redacted({ netns, local, remote }: Route, redactor: RestRedactor): Route {
  return { netns, local: redactor.address(local), remote: redactor.address(remote) };
}

function plain({ plot, ...story }: PackedStory): PlainStory {
  return { ...story, phases: plot.phases, waves: plot.waves };
}

function unplain({ phases, waves, finHasRoom, ...story }: PlainStory): PackedStory {
  const kinds = phases.map(({ state, evidence, atLeast }) => phaseKind(state, evidence, atLeast));
  const begun = kinds.reduce((plot, kind) => plot.withPhase(kind), NO_PLOT);
  return { ...story, finHasRoom, plot: waves.reduce((plot, wave) => plot.withWave(wave), begun) };
}

/** Things by their places, each of a kind once. */
class Listing<T> {
  readonly all: T[] = [];
  readonly #placeOf = new Map<T, number>();
  readonly #placeOfText = new Map<string, number>();
  readonly #textOf: (thing: T) => string;

  constructor(textOf: (thing: T) => string) {
    this.#textOf = textOf;
  }

  placeOf(thing: T): number {
    const known = this.#placeOf.get(thing);
    if (known !== undefined) return known;
    const text = this.#textOf(thing);
    const place = this.#placeOfText.get(text) ?? this.all.push(thing) - 1;
    this.#placeOfText.set(text, place);
    this.#placeOf.set(thing, place);
    return place;
  }
}
