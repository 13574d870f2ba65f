// Owns every way in which the dashboard can end or be stopped, and restores the terminal on each.
import { safeText } from "../event/safe-text.ts";
import { type EndReason, type EndSignal, exitCodeOf } from "./end-reason.ts";
import { captureStderr } from "./stderr-capture.ts";
import { suspend } from "./suspend.ts";
import type { Terminal } from "./term.ts";

/** What the lifecycle is told. */
export interface LifecycleOptions {
  readonly terminal: Terminal;
  /** Stop tracing and flush the recording. Awaited, but no longer than `hookMs`. */
  onEnd(reason: EndReason): Promise<void> | void;
  /** How long `onEnd` may take, milliseconds; 5000 when absent. A second signal ends the wait. */
  readonly hookMs?: number;
  /**
   * Say what is to be said once the terminal is restored, on stdout or stderr. `problems` are what
   * went wrong while ending. When absent, a crash and each problem make one line on stderr.
   */
  report?(reason: EndReason, problems: readonly string[]): void;
  /** Told of everything written to standard error meanwhile; foreign text. */
  onStderr?(text: string): void;
}

/** The running lifecycle. */
export interface Lifecycle {
  /** End the program. Returns never in practice; further calls only hurry the first. */
  end(reason: EndReason): Promise<void>;
  /** Stop for job control, as ^Z does. */
  suspend(): Promise<void>;
}

const END_SIGNALS: readonly EndSignal[] = ["SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP"];
const SETTLE_MS = 1000;

const describe = (error: unknown) =>
  safeText(error instanceof Error ? `${error.name}: ${error.message}` : String(error), {
    max: 500,
  });

function reportPlainly(reason: EndReason, problems: readonly string[]): void {
  if (reason.kind === "crash") {
    process.stderr.write(`lastack: internal error: ${describe(reason.error)}; please report it\n`);
  }
  for (const problem of problems) process.stderr.write(`lastack: ${problem}\n`);
}

/**
 * Take over all signals and failures from here to the end of the process.
 *
 * Registering a handler disables blessed's own, which knows nothing of HUP and TSTP and exits 0
 * for TERM, so all of them are ours: each first runs `onEnd`, then restores the terminal, then
 * exits with the code of {@link exitCodeOf}. SIGKILL and abort() cannot be handled; after those
 * the user needs `reset`.
 */
export function ownLifecycle(options: LifecycleOptions): Lifecycle {
  const { terminal } = options;
  const stderr = captureStderr(options.onStderr?.bind(options));
  let hurry: (() => void) | null = null;
  let suspending = false;

  const runHook = async (reason: EndReason): Promise<string[]> => {
    const hookMs = options.hookMs ?? 5000;
    const problems: string[] = [];
    const hook = (async () => options.onEnd(reason))().catch((error: unknown) => {
      problems.push(`could not end cleanly: ${describe(error)}`);
    });
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        problems.push(`gave up waiting for a clean end after ${hookMs / 1000}s`);
        resolve();
      }, hookMs);
      hurry = () => {
        problems.push("the wait for a clean end was cut short by a second signal");
        resolve();
      };
      void hook.then(resolve).finally(() => clearTimeout(timer));
    });
    return problems;
  };

  const end = async (reason: EndReason): Promise<void> => {
    if (hurry) return hurry();
    hurry = () => {};
    const problems = await runHook(reason);
    hurry = () => {};
    await terminal.settle(SETTLE_MS);
    try {
      terminal.close();
      stderr.release();
      (options.report?.bind(options) ?? reportPlainly)(reason, problems);
    } finally {
      process.exit(exitCodeOf(reason));
    }
  };

  const stop = async (target: "group" | "self"): Promise<void> => {
    if (suspending || hurry) return;
    suspending = true;
    process.removeListener("SIGTSTP", onStop);
    await suspend(terminal, target);
    process.on("SIGTSTP", onStop);
    suspending = false;
  };
  const onStop = () => void stop("self");
  // Continued without having been asked to stop: an uncatchable SIGSTOP, after which the shell has
  // drawn over the screen and reset the modes.
  const onContinue = () => {
    if (!suspending && !hurry) terminal.lend()();
  };

  for (const signal of END_SIGNALS) process.on(signal, () => void end({ kind: "signal", signal }));
  process.on("SIGTSTP", onStop);
  process.on("SIGCONT", onContinue);
  process.on("uncaughtException", (error) => void end({ kind: "crash", error }));
  process.on("unhandledRejection", (error) => void end({ kind: "crash", error }));
  process.prependListener("exit", () => terminal.close());
  terminal.output.on("error", () => void end({ kind: "hangup" }));
  terminal.input.on("error", () => void end({ kind: "hangup" }));
  terminal.input.on("end", () => void end({ kind: "hangup" }));
  return { end, suspend: () => stop("group") };
}
