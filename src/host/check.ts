/** The form of one finding of the doctor. */

/**
 * How bad it is: `ok` · `degraded` works, but less exactly · `missing` something stays unseen ·
 * `failed` nothing can be traced.
 */
export type CheckStatus = "ok" | "degraded" | "missing" | "failed";

/** One thing looked at. */
export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  /** What was found. May quote foreign text: make it safe before it is shown. */
  readonly what: string;
  /** What that leaves unseen or makes worse; empty when `ok`. */
  readonly consequence: string;
  /** What to do about it; empty when `ok`. */
  readonly next: string;
}

/** Make a check that found nothing wrong. */
export function ok(name: string, what: string): Check {
  return { name, status: "ok", what, consequence: "", next: "" };
}
