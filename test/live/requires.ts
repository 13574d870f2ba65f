/** Says whether this host can run the live tests; a test that cannot run skips, and fails in CI. */
import type { TestContext } from "vitest";
import { BpftraceError, findBpftrace, startBpftrace } from "../../src/bpftrace-runner/index.ts";

/** The smallest script that needs all that the live tests need: root, BPF, tracefs, types. */
const program = `
BEGIN { printf("ready\\n"); }
tracepoint:sock:inet_sock_set_state /args->protocol == 0 && ((struct sock *)args->skaddr)->sk_err/ { }
`;

let refusal: Promise<string | undefined> | undefined;

/** Why tracing is impossible here, in one line, or undefined; tried once, by really tracing. */
export function tracingRefusal(): Promise<string | undefined> {
  refusal ??= tryTracing();
  return refusal;
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

async function tryTracing(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return "tracing needs root";
  const search = findBpftrace();
  if (!search.found) return search.detail;
  try {
    const run = await startBpftrace({ program });
    await run.stop();
    return undefined;
  } catch (error) {
    if (error instanceof BpftraceError) return error.message;
    throw error;
  }
}
