/** What many packed endpoints say alike: everything but whose it is, when, and how much. */

import type { Owner } from "./endpoint.ts";
import type { LiveFacts } from "./live-facts.ts";
import { newSequel, type Sequel } from "./sequel.ts";

/** The facts that are few words or yes and no. A story never changes. */
export interface PackedStory
  extends Pick<LiveFacts, "direction" | "state">,
    Omit<Sequel, "unreadBytes" | "teardownNo" | "rare" | "moments"> {
  /**
   * For each moment of the sequel, and behind those for when its owner was seen last: where in a
   * row it stands, from 1; 0 where there is none.
   */
  readonly refs: readonly number[];
}

/** What a row says but for what is rare: how it stands in `figures` only rows know. */
export interface RowFacts {
  readonly story: PackedStory;
  readonly owner: Owner | null;
  readonly figures: readonly number[];
}

/** The place of their story; those of one time have few, the newest of which is nearly always told again. */
export function storyIn(stories: PackedStory[], facts: LiveFacts, refs: readonly number[]): number {
  for (let i = stories.length - 1; i >= 0; i--) {
    if (isToldBy(stories[i] as PackedStory, facts, refs)) return i;
  }
  return stories.push(packedStory(facts, refs)) - 1;
}

/** The story of these facts. */
function packedStory(facts: LiveFacts, refs: readonly number[]): PackedStory {
  const { direction, state, sequel } = facts;
  const { isMini, role, trigger, verdict, orphan, unread, eofRead, isComplete } = sequel;
  const { finHasRoom, plot } = sequel;
  return {
    direction,
    state,
    isMini,
    role,
    trigger,
    verdict,
    orphan,
    unread,
    eofRead,
    isComplete,
    finHasRoom,
    plot,
    refs: [...refs],
  };
}

/** What it tells of a sequel; the rest is as at the beginning. */
export function sequelOf(story: PackedStory): Sequel {
  const sequel = newSequel();
  sequel.isMini = story.isMini;
  sequel.role = story.role;
  sequel.trigger = story.trigger;
  sequel.verdict = story.verdict;
  sequel.orphan = story.orphan;
  sequel.unread = story.unread;
  sequel.eofRead = story.eofRead;
  sequel.isComplete = story.isComplete;
  sequel.finHasRoom = story.finHasRoom;
  sequel.plot = story.plot;
  return sequel;
}

/** Whether it is theirs. */
function isToldBy(story: PackedStory, facts: LiveFacts, refs: readonly number[]): boolean {
  const { sequel } = facts;
  return (
    story.plot === sequel.plot &&
    story.state === facts.state &&
    story.direction === facts.direction &&
    story.isMini === sequel.isMini &&
    story.role === sequel.role &&
    story.trigger === sequel.trigger &&
    story.verdict === sequel.verdict &&
    story.orphan === sequel.orphan &&
    story.unread === sequel.unread &&
    story.eofRead === sequel.eofRead &&
    story.isComplete === sequel.isComplete &&
    story.finHasRoom === sequel.finHasRoom &&
    isEqual(story.refs, refs)
  );
}

function isEqual(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
