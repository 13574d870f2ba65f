/** The account of events that did not reach the disk. */

import type { GapEvent, Nanoseconds } from "../event/trace-event.ts";

/** Events that were not written: how many, and over which time. */
export interface Loss {
  readonly count: number;
  readonly fromNs: Nanoseconds;
  readonly untilNs: Nanoseconds;
}

/** No event, over no time. */
export const NO_LOSS: Loss = { count: 0, fromNs: Infinity, untilNs: -Infinity };

/** Two losses as one. */
export function addLoss(a: Loss, b: Loss): Loss {
  return {
    count: a.count + b.count,
    fromNs: Math.min(a.fromNs, b.fromNs),
    untilNs: Math.max(a.untilNs, b.untilNs),
  };
}

/** One more event at `t`. */
export function addEvent(loss: Loss, t: Nanoseconds): Loss {
  return addLoss(loss, { count: 1, fromNs: t, untilNs: t });
}

/** The line that tells of a loss, dated so that it stays behind all that was written before. */
export function diskGap(loss: Loss, newestNs: Nanoseconds): GapEvent {
  return {
    type: "gap",
    t: Math.max(loss.untilNs, newestNs),
    from: loss.fromNs,
    cause: "disk",
    count: loss.count,
  };
}
