/** A live trace under made-up names: what is printed of it tells nobody whose traffic it was. */

import type { Trace } from "../core/fold.ts";
import type { TraceOptions } from "../core/trace.ts";
import type { RecordingHeader } from "../event/recording.ts";
import type { Redactor } from "../event/redact.ts";
import type { EventListener, LiveSession } from "./live-session.ts";
import { traceFor } from "./read-trace.ts";

/** What lines are made of. */
export interface LiveView {
  readonly trace: Trace;
  readonly header: RecordingHeader;
  onEvents(listener: EventListener): void;
}

/**
 * Fold the events of a session a second time, redacted, as a report folds them.
 *
 * The session's own trace goes on by the true names: by them it looks owners up.
 */
export function redactedView(
  session: Pick<LiveSession, "header" | "onEvents">,
  redactor: Pick<Redactor, "header" | "event">,
  options: Pick<TraceOptions, "thresholds"> = {},
): LiveView {
  const header = redactor.header(session.header);
  const trace = traceFor(header, options);
  return {
    trace,
    header,
    onEvents: (listener) =>
      session.onEvents((events) => {
        const redacted = events.map((event) => redactor.event(event));
        for (const event of redacted) trace.step(event);
        listener(redacted);
      }),
  };
}
