/** What makes a recording unusable as input: exit code 3. */

/** Why a recording cannot be used. */
export type RecordingErrorCode = "unreadable" | "not-a-recording" | "newer-schema";

/** One line for a person: what, why, the next step. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
  readonly code: RecordingErrorCode;

  constructor(code: RecordingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file; check the path"],
  ["EACCES", "permission is denied; ask its owner, or copy it as root"],
  ["EPERM", "permission is denied; ask its owner, or copy it as root"],
  ["EISDIR", "it is a directory; name a file in it"],
  ["ENOTDIR", "a part of the path is no directory; check the path"],
  ["ELOOP", "the path is a circle of symbolic links; check the path"],
  ["EMFILE", "too many files are open; raise `ulimit -n`"],
  ["EIO", "the device fails; copy what can be read to another one"],
]);

/** The error of a file that the system did not let us read. */
export function unreadable(label: string, cause: unknown): RecordingError {
  const code = codeOf(cause);
  const reason = REASONS.get(code) ?? `the system says ${code}; check the path`;
  return new RecordingError("unreadable", `cannot read ${label}: ${reason}`, { cause });
}

/** The error of input that is something else than a recording. */
export function notARecording(label: string, why: string): RecordingError {
  return new RecordingError(
    "not-a-recording",
    `${label} is no recording: ${why}; name a file that \`lastack record\` wrote`,
  );
}

/** The `errno` name that a failed system call left, or the message of any other error. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "an unknown error";
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
