/** Trouble that the operator can do something about: one line, and the contract's exit code. */

/** 1 failed at run time, 2 wrong usage, 3 unreadable input, 4 not permitted or cannot trace. */
export type ExitCode = 1 | 2 | 3 | 4;

/** What, why and the next step, in one line; never a stack trace without `-v`. */
export class OperatorError extends Error {
  override readonly name = "OperatorError";
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}
