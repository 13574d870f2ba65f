/** Starts one bpftrace and waits until it traces. */

import { BpftraceError } from "./bpftrace-error.ts";
import { resolveBpftrace } from "./find-bpftrace.ts";
import { launch } from "./launch.ts";
import { LiveRun } from "./live-run.ts";
import { type BpftraceOptions, settle } from "./options.ts";
import type { BpftraceRun } from "./run.ts";

/**
 * Run a script and resolve when its probes are attached: nothing that happens afterwards is missed,
 * save what the kernel or bpftrace lose.
 *
 * Rejects with {@link BpftraceError}, whose phase says how far it came; then no bpftrace is left.
 * Call it from the main thread. Messages that came before the ready line are in the stream too.
 */
export async function startBpftrace(options: BpftraceOptions): Promise<BpftraceRun> {
  const settings = settle(options);
  const path = resolveBpftrace(options.bpftrace, options.trusted === true);
  if (settings.signal?.aborted === true) {
    const message = "bpftrace was not started: the signal was aborted before; nothing to do";
    throw new BpftraceError({ phase: "spawn", message, cause: settings.signal.reason });
  }
  const launched = await launch(path, settings);
  const run = new LiveRun(launched, settings);
  try {
    await run.untilReady();
  } finally {
    await launched.tidy();
  }
  return run;
}
