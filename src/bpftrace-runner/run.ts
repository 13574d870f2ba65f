/** What a caller holds of a running bpftrace, and what it gets when that has ended. */

import type { BpftraceError } from "./bpftrace-error.ts";
import type { BpftraceMessage } from "./message.ts";
import type { BpftraceStats } from "./message-decoder.ts";
import type { MessagesListener } from "./message-queue.ts";
import type { StopSignal } from "./stop-ladder.ts";

/** How a run ended, in one shape for good and bad ends. */
export interface BpftraceEnd {
  /** Exit status, null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /**
   * Whether `stop` or the abort signal asked for it. Else the script called exit(), somebody else
   * sent SIGINT or SIGTERM (bpftrace then ends well, exit code 0), or it died.
   */
  readonly isRequested: boolean;
  /** The last signal that the stop needed, null when none was sent. SIGKILL means: END did not run. */
  readonly stopSignal: StopSignal | null;
  readonly stderrTail: string;
  /** Present when bpftrace died by itself, or would not die. */
  readonly error?: BpftraceError;
}

/**
 * A bpftrace that is tracing.
 *
 * It is iterated in batches, for one `for await` step each line is too slow at 100,000 lines a
 * second. Iterating gives every message but the ready line, those of the END probe and the maps at
 * exit included, and then throws if bpftrace died by itself. Leaving the loop early stops bpftrace.
 * There is one consumer: one loop, or one listener.
 */
export interface BpftraceRun extends AsyncIterable<readonly BpftraceMessage[]> {
  /** The pid of bpftrace itself, in this process's pid namespace: for /proc/PID/fdinfo. */
  readonly pid: number;
  /** The text of the ready line as printed, with its newline. */
  readonly ready: string;
  /** Whether the kernel kills bpftrace when this process dies, even of SIGKILL. */
  readonly diesWithParent: boolean;
  /** The live account; behind the pipe by what waits for the consumer. */
  readonly stats: BpftraceStats;
  /** Never rejects. With a listener, it settles after the last batch. */
  readonly ended: Promise<BpftraceEnd>;
  /**
   * Hand every batch to `listener` as soon as it is read, instead of iterating.
   *
   * What arrived before is handed over at once. The listener must be quick and must not throw.
   */
  onMessages(listener: MessagesListener): void;
  /**
   * Stop by SIGINT, SIGTERM, SIGKILL in turn; may be called again. Never rejects.
   *
   * `ladderMs` are other waits than the options', for a bpftrace that is known to hang.
   */
  stop(ladderMs?: readonly [number, number]): Promise<BpftraceEnd>;
}
