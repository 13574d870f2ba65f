/** What the watch over the host works with. */

import type { Trace } from "../core/fold.ts";
import type { TraceEvent } from "../event/trace-event.ts";

/** What the watch works with. */
export interface HostWatchOptions {
  readonly now: () => number;
  readonly trace: Trace;
  readonly out: (event: TraceEvent) => void;
  /** Told of trouble, once each; `isBlind` where something of the host was not read. */
  readonly onProblem: (line: string, isBlind: boolean) => void;
  /** Whether the kernel may count what ends well before it is asked to. */
  readonly mayCount: () => boolean;
  /** Only this namespace; null for all. */
  readonly netns: number | null;
  /** Whether a probe tells when a mini-socket takes the peer's FIN; else the table is asked. */
  readonly seesMiniSegments: boolean;
}
