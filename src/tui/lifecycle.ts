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
  /**
   * How long `onEnd` may take, milliseconds; 5000 when absent. A signal or a quit that comes a
   * second or more after the first ends the wait.
   */
  readonly hookMs?: number;
  /**
   * Say what is to be said once the terminal is restored, on stdout or stderr. `problems` are what
   * went wrong while ending. When absent, a crash and each problem make one line on stderr.
   */
  report?(reason: EndReason, problems: readonly string[]): void;
  /** Told of everything written to standard error meanwhile; foreign text. */
  onStderr?(text: string): void;
  /** Called last, with the exit code; ends the process when absent. */
  exit?(code: number): void;
}

/** The running lifecycle. */
export interface Lifecycle {
  /** End the program. A second quit or signal, from one second on, ends the wait for the hook. */
  end(reason: EndReason): Promise<void>;
  /** Stop for job control, as ^Z does. */
  suspend(): Promise<void>;
}

type Emitter = Pick<NodeJS.EventEmitter, "on" | "removeListener">;

const END_SIGNALS: readonly EndSignal[] = ["SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP"];
const SETTLE_MS = 1000;
/** A held key, and a signal to the whole group that a launcher passes on too, are not impatience. */
const IMPATIENT_AFTER_MS = 1000;

const describe = (error: unknown) =>
  safeText(error instanceof Error ? `${error.name}: ${error.message}` : String(error), {
    max: 500,
  });

/** One line on stderr for a crash and for each problem: what `report` does when absent. */
export function reportPlainly(reason: EndReason, problems: readonly string[]): void {
  if (reason.kind === "crash") {
    process.stderr.write(`lastack: internal error: ${describe(reason.error)}; please report it\n`);
  }
  for (const problem of problems) process.stderr.write(`lastack: ${problem}\n`);
}

/**
 * Take over all signals and failures from here to the end.
 *
 * Registering a handler disables blessed's own, which knows nothing of HUP and TSTP and exits 0
 * for TERM, so all of them are ours: each first runs `onEnd`, then restores the terminal, then
 * exits with the code of {@link exitCodeOf}. SIGKILL and abort() cannot be handled; after those
 * the user needs `reset`. Whoever listened before for errors of the output is taken off it: ending
 * at once on EPIPE, as a filter should, would lose what the hook has to flush.
 */
export function ownLifecycle(options: LifecycleOptions): Lifecycle {
  const { terminal } = options;
  const stderr = captureStderr(options.onStderr?.bind(options));
  const listening: Array<() => void> = [];
  const problems: string[] = [];
  let endingSince: number | null = null;
  let hurry = () => {};
  let suspending = false;

  const runHook = async (reason: EndReason): Promise<void> => {
    const hookMs = options.hookMs ?? 5000;
    const hook = (async () => options.onEnd(reason))().catch((error: unknown) => {
      problems.push(`could not end cleanly: ${describe(error)}`);
    });
    await new Promise<void>((resolve) => {
      const giveUp = (why: string) => {
        problems.push(why);
        resolve();
      };
      const late = `gave up waiting for a clean end after ${hookMs / 1000}s`;
      const timer = setTimeout(() => giveUp(late), hookMs);
      hurry = () => giveUp("the wait for a clean end was cut short by a second signal");
      void hook.then(resolve).finally(() => clearTimeout(timer));
    });
    hurry = () => {};
  };

  const endAgain = (reason: EndReason, since: number): void => {
    if (reason.kind === "crash") problems.push(`failed while ending: ${describe(reason.error)}`);
    const asked =
      reason.kind === "quit" || (reason.kind === "signal" && reason.signal !== "SIGHUP");
    if (asked && performance.now() - since >= IMPATIENT_AFTER_MS) hurry();
  };

  const end = async (reason: EndReason): Promise<void> => {
    if (endingSince !== null) {
      endAgain(reason, endingSince);
      return;
    }
    endingSince = performance.now();
    await runHook(reason);
    await terminal.settle(SETTLE_MS);
    try {
      terminal.close();
      stderr.release();
      (options.report?.bind(options) ?? reportPlainly)(reason, problems);
    } finally {
      for (const forget of listening) forget();
      (options.exit ?? process.exit)(exitCodeOf(reason));
    }
  };

  const stop = async (target: "group" | "self"): Promise<void> => {
    if (suspending || endingSince !== null) return;
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
    if (!suspending && endingSince === null) terminal.lend()();
  };

  const listen = (emitter: Emitter, event: string, listener: (value: unknown) => void) => {
    emitter.on(event, listener);
    listening.push(() => emitter.removeListener(event, listener));
  };
  const crash = (error: unknown) => void end({ kind: "crash", error });
  const hangUp = () => void end({ kind: "hangup" });
  for (const signal of END_SIGNALS)
    listen(process, signal, () => void end({ kind: "signal", signal }));
  listen(process, "SIGTSTP", onStop);
  listen(process, "SIGCONT", onContinue);
  listen(process, "uncaughtException", crash);
  listen(process, "unhandledRejection", crash);
  const onExit = () => terminal.close();
  process.prependListener("exit", onExit);
  listening.push(() => process.removeListener("exit", onExit));
  // The listener on the output stays: a write of the restoring itself may still fail.
  terminal.output.removeAllListeners("error").on("error", hangUp);
  listen(terminal.input, "error", hangUp);
  listen(terminal.input, "end", hangUp);
  return { end, suspend: () => stop("group") };
}
