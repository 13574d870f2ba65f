/** Says whether this host can run the live tests; a test that cannot run skips, and fails in CI. */
import { inject, type TestContext } from "vitest";

/** Why tracing is impossible here, in one line, or undefined; tried once for all tests, by tracing. */
export async function tracingRefusal(): Promise<string | undefined> {
  return inject("tracingRefusal") ?? undefined;
}

/**
 * Let the test run only where tracing works; `await` it first.
 *
 * Elsewhere the test is skipped with the reason, except with `CI` set: there nothing may be green
 * that has not run.
 */
export async function requireTracing(ctx: Pick<TestContext, "skip">): Promise<void> {
  skipOrFail(ctx, await tracingRefusal(), process.env.CI);
}

/** Go on without a reason, else skip, or throw where `ci` is neither empty nor `false`. */
export function skipOrFail(
  ctx: Pick<TestContext, "skip">,
  reason: string | undefined,
  ci: string | undefined,
): void {
  if (reason === undefined) return;
  if (ci !== undefined && ci !== "" && ci !== "false") {
    throw new Error(`a live test cannot run in CI: ${reason}`);
  }
  ctx.skip(reason);
}
