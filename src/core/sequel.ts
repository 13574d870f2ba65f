/** What most endpoints never have: it comes with a teardown, or when somebody looks closer. */

import type { Endpoint } from "./endpoint.ts";
import { NO_PLOT, type Plot } from "./plot.ts";

const NONE: readonly never[] = [];

/** Places among the moments; the waves' are before these, by their numbers from 1. */
export const ENDED_AT = 4;
export const TEARDOWN_AT = 5;
export const EXPIRES_AT = 6;
export const LAST_READ_AT = 7;
/** Of the first phase's beginning; its end follows, then the next phase. */
export const FIRST_PHASE = 8;

/** What few teardowns have: something was lost, reset, looked at or shared. */
export type Rare = {
  [Fact in
    | "holders"
    | "openedBy"
    | "usedBy"
    | "lastReceivedAt"
    | "lastSentAt"
    | "lostWave"
    | "resends"
    | "hasDoubtfulPeer"
    | "reset"
    | "note"
    | "finHold"
    | "flow"]-?: Endpoint[Fact];
};

/** The fields of an endpoint that have their first value until it closes; see there. */
export type SequelFact =
  | "isMini"
  | "role"
  | "trigger"
  | "verdict"
  | "orphan"
  | "unread"
  | "unreadBytes"
  | "eofRead"
  | "isComplete"
  | "teardownNo"
  | "finHasRoom";

/** The facts as they stand, with what happened to the endpoint and when. */
export type Sequel = { [Fact in SequelFact]-?: Endpoint[Fact] } & {
  /** Without phases while the endpoint itself says all of them: see `EndpointRecord`. */
  plot: Plot;
  rare: Rare;
  /** NaN where there is none: a number in such a list takes a third of one beside it. */
  moments: number[];
};

/** What is rare of one that begins to have some of it. */
export function newRare(): Rare {
  return {
    holders: NONE,
    openedBy: undefined,
    usedBy: undefined,
    lastReceivedAt: undefined,
    lastSentAt: undefined,
    lostWave: null,
    resends: NONE,
    hasDoubtfulPeer: false,
    reset: null,
    note: null,
    finHold: undefined,
    flow: undefined,
  };
}

/** Stands for what is rare of everyone who has none of it; never written. */
export const NO_RARE: Rare = newRare();

/** The sequel of one that has just begun to have one; the engine copies a literal as a whole. */
export function newSequel(): Sequel {
  return {
    isMini: false,
    role: "none",
    trigger: null,
    verdict: null,
    orphan: false,
    unread: null,
    unreadBytes: null,
    eofRead: false,
    isComplete: true,
    teardownNo: 0,
    finHasRoom: undefined,
    plot: NO_PLOT,
    rare: NO_RARE,
    moments: noMoments(),
  };
}

/** Room for five phases; a literal takes no more room than it says. */
function noMoments(): number[] {
  const no = Number.NaN;
  return [no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no];
}

/** Stands for the sequel of everyone who has none yet; never written. */
export const NO_SEQUEL: Sequel = newSequel();

/** What the fold changes in place is copied; what it replaces as a whole is shared. */
export function copySequel(sequel: Sequel): Sequel {
  if (sequel === NO_SEQUEL) return sequel;
  const { moments, rare } = sequel;
  return { ...sequel, moments: [...moments], rare: rare === NO_RARE ? rare : copyRare(rare) };
}

/** Rare facts that are some endpoint's own. */
export function copyRare(rare: Rare): Rare {
  return { ...rare, flow: rare.flow && { ...rare.flow } };
}
