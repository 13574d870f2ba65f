/** Turns a live trace into lines: one for each finished teardown, one for each finding. */

import type { Endpoint } from "../core/endpoint.ts";
import { endpointLine, findingLine } from "../export/lines.ts";
import type { LiveView } from "./redacted-view.ts";

/** Where the lines go and which endpoints they are about. */
export interface StreamOptions {
  readonly write: (text: string) => void;
  readonly passes: (endpoint: Endpoint) => boolean;
}

/** An RST may amend a verdict within a millisecond: a line waits until it cannot change. */
const SETTLED_NS = 20e6;

/**
 * Write lines from now on.
 *
 * @returns to be called once the session has ended, for what was settled last
 */
export function streamLines(session: LiveView, options: StreamOptions): () => void {
  const { trace, header } = session;
  trace.takeSettled(0);
  const told = new Map<string, boolean>();
  const update = (until: number) => {
    for (const endpoint of trace.takeSettled(until)) {
      if (options.passes(endpoint)) options.write(endpointLine(endpoint, trace, header));
    }
    for (const finding of trace.findings()) {
      const isOpen = finding.until === null;
      if (told.get(finding.id) === isOpen) continue;
      told.set(finding.id, isOpen);
      options.write(findingLine(finding, trace, header));
    }
  };
  session.onEvents(() => update(trace.now - SETTLED_NS));
  return () => update(trace.now);
}
