/** Reads the rows that tell of time-wait mini-sockets. */

import type { MiniEndEvent, MiniSegmentEvent } from "./trace-event.ts";
import type { Time } from "./wire-change.ts";
import { hex, miniState, readMark, readTuple } from "./wire-fields.ts";

/** Decode a row `W`, of `probes/time_wait.bt`; null when it is damaged. */
export function readMiniSegment(
  f: readonly string[],
  time: Time,
): readonly [MiniSegmentEvent] | null {
  if (f.length !== 16) return null;
  const t = time(f[1] as string);
  const substate = miniState(f[13]);
  if (substate === null || !Number.isFinite(t)) return null;
  const event: MiniSegmentEvent = {
    type: "mini-segment",
    t,
    ...readMark(f),
    sk: f[4] as string,
    ...readTuple(f),
    substate,
    flags: hex(f[14]),
    isAlive: f[15] === "1",
  };
  return [event];
}

/** Decode a row `E`, of `probes/time_wait_end.bt`; null when it is damaged. */
export function readMiniEnd(f: readonly string[], time: Time): readonly [MiniEndEvent] | null {
  if (f.length !== 14) return null;
  const t = time(f[1] as string);
  const substate = miniState(f[13]);
  if (substate === null || !Number.isFinite(t)) return null;
  const event: MiniEndEvent = {
    type: "mini-end",
    t,
    ...readMark(f),
    sk: f[4] as string,
    ...readTuple(f),
    substate,
  };
  return [event];
}
