/** What most endpoints never have: it comes with a teardown, or when somebody looks closer. */

import type { Endpoint, Phase } from "./endpoint.ts";

const NONE: readonly never[] = [];

/** A phase that is still written. */
export type OpenPhase = { -readonly [Key in keyof Phase]: Phase[Key] };

/** The fields of an endpoint that have their first value until it closes; see there. */
export type SequelFact =
  | "isMini"
  | "endedAt"
  | "teardownAt"
  | "expiresAt"
  | "role"
  | "trigger"
  | "verdict"
  | "orphan"
  | "holders"
  | "openedBy"
  | "usedBy"
  | "unread"
  | "unreadBytes"
  | "eofRead"
  | "lastReadAt"
  | "lastReceivedAt"
  | "lastSentAt"
  | "waves"
  | "lostWave"
  | "resends"
  | "hasDoubtfulPeer"
  | "isComplete"
  | "reset"
  | "teardownNo"
  | "note"
  | "finHasRoom"
  | "finHold"
  | "flow";

/** The facts as they stand, and the phases of whoever has had more than two. */
export type Sequel = { [Fact in SequelFact]-?: Endpoint[Fact] } & {
  /** Null while the endpoint itself says all: see `EndpointRecord`. */
  phases: readonly OpenPhase[] | null;
};

/** The sequel of one that has just begun to have one; the engine copies a literal as a whole. */
export function newSequel(): Sequel {
  return {
    isMini: false,
    endedAt: null,
    teardownAt: null,
    expiresAt: null,
    role: "none",
    trigger: null,
    verdict: null,
    orphan: false,
    holders: NONE,
    openedBy: undefined,
    usedBy: undefined,
    unread: null,
    unreadBytes: null,
    eofRead: false,
    lastReadAt: undefined,
    lastReceivedAt: undefined,
    lastSentAt: undefined,
    waves: NONE,
    lostWave: null,
    resends: NONE,
    hasDoubtfulPeer: false,
    isComplete: true,
    reset: null,
    teardownNo: 0,
    note: null,
    finHasRoom: undefined,
    finHold: undefined,
    flow: undefined,
    phases: null,
  };
}

/** Stands for the sequel of everyone who has none yet; never written. */
export const NO_SEQUEL: Sequel = newSequel();

/** What the fold changes in place is copied; what it replaces as a whole is shared. */
export function copySequel(sequel: Sequel): Sequel {
  if (sequel === NO_SEQUEL) return sequel;
  const { phases, waves, flow } = sequel;
  return {
    ...sequel,
    phases: phases?.map((phase) => ({ ...phase })) ?? null,
    waves: waves.length === 0 ? waves : waves.map((wave) => ({ ...wave })),
    flow: flow && { ...flow },
  };
}
