/** What a detector is: one question, asked of the whole state once a second. */

import type { Nanoseconds } from "../../event/trace-event.ts";
import type { CoreState } from "../core-state.ts";
import type { FindingKind, Firing } from "../finding.ts";

/**
 * A pure question to the state; it must not change it.
 *
 * It is asked with a million endpoints in the table: it looks at counts and at the lists of the
 * states that it is about, and walks further only where there is something to tell.
 */
export interface Detector {
  readonly kind: FindingKind;
  /** What it looks for, one line, for `--help` and the screen. */
  readonly about: string;
  /** Default of `--threshold KIND=VALUE`, in the unit that `unit` names. */
  readonly threshold: number;
  readonly unit: "seconds" | "re-sends" | "percent" | "resets" | "events";
  find(core: CoreState, now: Nanoseconds, threshold: number): readonly Firing[];
}
