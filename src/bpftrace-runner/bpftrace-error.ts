/** The one error of this room: what bpftrace failed at, why, and what to do next. */

/**
 * How far bpftrace had come.
 *
 * `find` no trustworthy program, `spawn` it could not be started, `compile` it refused the script,
 * `attach` the kernel refused a probe or a map, `ready` it ran but never said so, `running` it died
 * while tracing, `stop` it would not go.
 */
export type BpftracePhase = "find" | "spawn" | "compile" | "attach" | "ready" | "running" | "stop";

/** What is known of a failure; everything but the phase and the message may be missing. */
export interface BpftraceFailure {
  readonly phase: BpftracePhase;
  /** One line: what, why, the next step. May quote bpftrace: make it safe before it is shown. */
  readonly message: string;
  readonly exitCode?: number | null;
  readonly signal?: NodeJS.Signals | null;
  readonly stderrTail?: string;
  readonly cause?: unknown;
}

/** Every failure of bpftrace, in one shape, so that callers branch on `phase` and never on text. */
export class BpftraceError extends Error {
  override readonly name = "BpftraceError";
  readonly phase: BpftracePhase;
  /** Exit status, or null when there is none (killed by a signal, never started). */
  readonly exitCode: number | null;
  /** The signal that killed bpftrace, or null. */
  readonly signal: NodeJS.Signals | null;
  /** The last 8 KiB that bpftrace wrote to stderr, as it wrote them: foreign text. */
  readonly stderrTail: string;

  constructor(failure: BpftraceFailure) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.phase = failure.phase;
    this.exitCode = failure.exitCode ?? null;
    this.signal = failure.signal ?? null;
    this.stderrTail = failure.stderrTail ?? "";
  }
}
