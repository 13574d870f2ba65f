/** Writes a live trace to a recording, event by event, in the order in which it was folded. */

import type { RecordingFooter } from "../event/recording.ts";
import type { Redactor } from "../event/redact.ts";
import type { TraceEvent } from "../event/trace-event.ts";
import { refuseUnfit } from "../store/create-file.ts";
import { createRecording } from "../store/create-recording.ts";
import type { WriterEnd } from "../store/writer-options.ts";
import type { LiveSession } from "./live-session.ts";
import { refusedFile } from "./refused-file.ts";

/** A recording that is being written. */
export interface LiveRecording {
  /** Settles when the reader of a pipe has gone; never for a file. */
  readonly closed: Promise<"signal">;
  close(footer: RecordingFooter): Promise<WriterEnd>;
  /** Bring what there is into a file that can be taken away; returns its path. */
  save(): Promise<string | null>;
}

/**
 * Refuse a path that `recordTo` would refuse, before bpftrace is started for it.
 *
 * @throws OperatorError 1
 */
export function refuseOutput(path: string, force: boolean): void {
  if (path === "-") return;
  try {
    refuseUnfit(path, { force });
  } catch (error) {
    throw refusedFile(error);
  }
}

/**
 * Record a session. Call it before the first event is delivered.
 *
 * @throws OperatorError 1 when the file exists or cannot be created
 */
export async function recordTo(
  session: LiveSession,
  path: string,
  options: {
    readonly force: boolean;
    readonly onProblem: (line: string) => void;
    readonly redactor?: Redactor;
  },
): Promise<LiveRecording> {
  let onGone: (end: "signal") => void = () => {};
  const closed = new Promise<"signal">((resolve) => {
    onGone = resolve;
  });
  // Events go on while the file is being created: none may be missing from it.
  const early: TraceEvent[] = [];
  let take = (event: TraceEvent): void => void early.push(event);
  session.onEvents((events) => {
    for (const event of events) take(event);
  });
  const writer = await createRecording(path, session.header, {
    ...options,
    onClosed: () => onGone("signal"),
  }).catch((error: unknown) => {
    throw refusedFile(error);
  });
  for (const event of early) writer.write(event);
  take = (event) => writer.write(event);
  return {
    closed,
    close: (footer) => writer.close(footer),
    save: async () => {
      await writer.flush();
      return path;
    },
  };
}
