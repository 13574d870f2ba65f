// Stops the program for the shell's job control and brings the screen back afterwards.
import type { Terminal } from "./term.ts";

/** After this long without having been stopped, the stop was refused, milliseconds. */
const REFUSED_AFTER_MS = 250;
const SETTLE_MS = 500;

/**
 * Give the terminal back, stop, and take the terminal again when continued.
 *
 * `group` stops the whole foreground job, as the kernel does on ^Z, so that a launcher or sudo
 * above us stops too and the shell gets its prompt; `self` answers a TSTP that someone sent to
 * this process alone. The kernel ignores TSTP in an orphaned process group, where no shell could
 * continue us: then nothing stops, and the dashboard simply comes back.
 *
 * Precondition: no handler for SIGTSTP is registered, so that the signal has its default effect.
 */
export async function suspend(terminal: Terminal, target: "group" | "self"): Promise<void> {
  await terminal.settle(SETTLE_MS);
  const takeBack = terminal.lend();
  await new Promise<void>((resolve) => {
    const proceed = () => {
      clearTimeout(timer);
      process.removeListener("SIGCONT", proceed);
      resolve();
    };
    const timer = setTimeout(proceed, REFUSED_AFTER_MS);
    process.once("SIGCONT", proceed);
    process.kill(target === "group" ? 0 : process.pid, "SIGTSTP");
  });
  takeBack();
}
