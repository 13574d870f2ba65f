/** The dashboard for no terminal: a plain line for each teardown and each finding. */

import type { Endpoint } from "../core/endpoint.ts";
import type { Trace } from "../core/fold.ts";
import type { RecordingHeader } from "../event/recording.ts";
import { safeText } from "../event/safe-text.ts";
import { toIso } from "../event/time.ts";
import { formatEndpoint } from "../event/tuple.ts";
import type { EventListener } from "../session/live-session.ts";

const SETTLED_NS = 20e6;

/** What lines are made of. */
export interface PlainLinesInput {
  readonly trace: Trace;
  readonly header: RecordingHeader;
  /** Whether a teardown is told of; findings always are. */
  passes(endpoint: Endpoint): boolean;
  /** Nothing is told of what was over by this moment. */
  readonly sinceNs?: number;
  /** Called with the listener of new events, where there is somebody who knows of them. */
  subscribe?(listener: EventListener): void;
}

/**
 * Print lines as the trace goes on; no escape bytes.
 *
 * @returns to be called without `subscribe`, and with true once nothing more can come
 */
export function plainLines({
  trace,
  header,
  passes,
  sinceNs = 0,
  subscribe,
}: PlainLinesInput): (isOver?: boolean) => void {
  const told = new Map<string, boolean>();
  let counted = trace.counted;
  trace.takeSettled(sinceNs);
  const update = (isOver = false) => {
    trace.takeSettled(sinceNs);
    for (const endpoint of trace.takeSettled(isOver ? trace.now : trace.now - SETTLED_NS)) {
      if (passes(endpoint)) process.stdout.write(`${teardownLine(endpoint, header)}\n`);
    }
    if (trace.counted > counted) {
      const time = toIso(header.startedAt, trace.now, 3);
      process.stdout.write(
        `${time} counted ${trace.counted - counted} graceful endpoints without a line\n`,
      );
      counted = trace.counted;
    }
    for (const finding of trace.findings()) {
      const isOpen = finding.until === null;
      if (told.get(finding.id) === isOpen) continue;
      told.set(finding.id, isOpen);
      if ((finding.until ?? trace.now) < sinceNs) continue;
      const time = toIso(header.startedAt, isOpen ? finding.since : (finding.until ?? 0), 3);
      const word = isOpen ? finding.severity : "ended";
      process.stdout.write(`${time} ${word} ${finding.kind}: ${safeText(finding.summary)}\n`);
    }
  };
  subscribe?.(() => update());
  return update;
}

function teardownLine(endpoint: Endpoint, header: RecordingHeader): string {
  const { tuple, owner } = endpoint;
  const at = toIso(header.startedAt, endpoint.teardownAt ?? endpoint.endedAt ?? endpoint.bornAt, 3);
  const ends = `${formatEndpoint(tuple.local, tuple.localPort)} ${formatEndpoint(tuple.remote, tuple.remotePort)}`;
  const who = owner === null ? "-" : `${safeText(owner.comm)}(${owner.pid})`;
  const again = endpoint.resends.length === 0 ? "" : ` resent=${endpoint.resends.length}`;
  return `${at} ${endpoint.verdict ?? "unfinished"} ${endpoint.role} ${ends} ${who} trigger=${endpoint.trigger ?? "-"}${again}`;
}
