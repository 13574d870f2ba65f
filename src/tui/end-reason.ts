// Says why the dashboard ends and which exit code that means.

/** A signal that ends the program. */
export type EndSignal = "SIGINT" | "SIGTERM" | "SIGQUIT" | "SIGHUP";

/**
 * Why the program ends. `hangup`: the terminal is gone (its input ended, or a write gave EIO or
 * EPIPE). `crash`: an exception or rejection that nobody caught.
 */
export type EndReason =
  | { readonly kind: "quit" }
  | { readonly kind: "signal"; readonly signal: EndSignal }
  | { readonly kind: "hangup" }
  | { readonly kind: "crash"; readonly error: unknown };

/** 128 and the signal's number, as a shell reports a process that a signal ended. */
const SIGNAL_CODES: Readonly<Record<EndSignal, number>> = {
  SIGHUP: 129,
  SIGINT: 0,
  SIGQUIT: 131,
  SIGTERM: 143,
};

/** EX_SOFTWARE of sysexits.h: a fault of the program itself. */
const CRASH_CODE = 70;

/** The exit code: 0 for q, ^C and SIGINT, 143 TERM, 131 QUIT, 129 HUP and a lost terminal, 70 crash. */
export function exitCodeOf(reason: EndReason): number {
  if (reason.kind === "signal") return SIGNAL_CODES[reason.signal];
  if (reason.kind === "hangup") return SIGNAL_CODES.SIGHUP;
  return reason.kind === "crash" ? CRASH_CODE : 0;
}
