/** How a recording is written, and how that ended. */

import type { Redactor } from "../event/redact.ts";
import type { Packing } from "./packing.ts";

/** How a writer behaves; the times are shorter in tests. */
export interface WriterOptions {
  /** What messages call the recording. */
  readonly label: string;
  /** Takes one-line messages for the operator: writing has stopped, goes on. */
  readonly onProblem?: (message: string) => void;
  /** The reader of our pipe has gone: there is nothing left to write to. */
  readonly onClosed?: () => void;
  readonly packing?: Packing;
  /** Takes names and addresses out before a line is made. */
  readonly redactor?: Pick<Redactor, "header" | "event">;
  /** A line waits this long for others, milliseconds. */
  readonly batchMs?: number;
  /** How often a full disk is tried again, milliseconds. */
  readonly retryMs?: number;
  /** How often data is brought to the medium, milliseconds. */
  readonly syncMs?: number;
}

/** How a recording stands or ended. */
export interface WriterEnd {
  /** The footer is on the medium. */
  readonly isComplete: boolean;
  readonly written: number;
  /** Events left out; `gap` lines tell of them where any line could be written afterwards. */
  readonly dropped: number;
  readonly bytes: number;
}
