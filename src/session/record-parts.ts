/** Records a live trace for weeks: many files, each of which replays alone. */

import { Carry } from "../core/carry.ts";
import type { TraceEvent } from "../event/trace-event.ts";
import { RotatingWriter, type RotationOptions } from "../store/rotating-writer.ts";
import type { LiveSession } from "./live-session.ts";
import type { LiveRecording } from "./record-to.ts";
import { refusedFile } from "./refused-file.ts";

/** When files end and how many stay. */
export type PartOptions = Omit<RotationOptions, "carry" | "footer">;

/**
 * Record a session into files that rotate. Call it before the first event is delivered.
 *
 * @param path what the names begin with, see `partNames`
 * @throws OperatorError 1 when the first file cannot be created
 */
export async function recordParts(
  session: LiveSession,
  path: string,
  options: PartOptions,
): Promise<LiveRecording> {
  const carry = new Carry<TraceEvent>(session.trace);
  session.stepWith((event) => carry.step(event, event));
  const early: TraceEvent[] = [];
  let take = (events: readonly TraceEvent[]): void => void early.push(...events);
  session.onEvents((events) => take(events));
  const writer = await RotatingWriter.start(path, session.header, {
    ...options,
    carry: () => carry.carried().refs,
    footer: () => ({ type: "footer", t: session.now(), ledger: session.ledger }),
  }).catch((error: unknown) => {
    throw refusedFile(error);
  });
  for (const event of early) writer.write(event);
  take = (events) => {
    for (const event of events) writer.write(event);
    writer.rotateIfFull();
  };
  return {
    closed: new Promise(() => {}),
    close: (footer) => writer.close(footer),
    save: async () => {
      const { path: saved } = writer;
      await writer.rotate();
      return options.packs ? `${saved}.gz` : saved;
    },
  };
}
