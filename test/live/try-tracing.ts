/** Tries once, before the live tests, whether this host can trace, and tells each of their processes. */
import type { TestProject } from "vitest/node";
import { BpftraceError, findBpftrace, startBpftrace } from "../../src/bpftrace-runner/index.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Why tracing is impossible here, in one line; null where it is not. */
    tracingRefusal: string | null;
  }
}

/** The smallest script that needs all that the live tests need: root, BPF, tracefs, types. */
const program = `
BEGIN { printf("ready\\n"); }
tracepoint:sock:inet_sock_set_state /args->protocol == 0 && ((struct sock *)args->skaddr)->sk_err/ { }
`;

/** Called by vitest once for each project whose tests it runs. */
export default async function setup(project: TestProject): Promise<void> {
  project.provide("tracingRefusal", await tryTracing());
}

async function tryTracing(): Promise<string | null> {
  if (process.getuid?.() !== 0) return "tracing needs root";
  const search = findBpftrace();
  if (!search.found) return search.detail;
  try {
    const run = await startBpftrace({ program });
    await run.stop();
    return null;
  } catch (error) {
    if (error instanceof BpftraceError) return error.message;
    throw error;
  }
}
