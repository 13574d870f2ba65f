// Runs programs in a real terminal: a tmux server of our own, with a shell that has job control.
import { execFileSync, spawnSync } from "node:child_process";
import { vi } from "vitest";

/** Whether tmux and bash are there. */
export const hasTmux =
  spawnSync("tmux", ["-V"]).status === 0 && spawnSync("bash", ["-c", ":"]).status === 0;

let servers = 0;

/** One terminal with a shell in it. */
export interface TmuxShell {
  /** Type text and press Enter. */
  run(command: string): void;
  /** Press keys by their tmux names. */
  keys(...names: string[]): void;
  /** What the terminal shows. */
  screen(): string;
  /** The terminal's modes: alternate screen, cursor shown, mouse reporting. */
  modes(): { alternate: boolean; cursor: boolean; mouse: boolean };
  /** Wait until the screen matches. */
  until(pattern: RegExp): Promise<string>;
  /** Take these sizes one after the other, as fast as tmux can. */
  resize(...sizes: readonly (readonly [cols: number, rows: number])[]): void;
  /** Take the terminal away from its programs. */
  killTerminal(): void;
  close(): void;
}

/** Start a shell in a terminal of this size and kind. */
export async function openShell(
  cols = 80,
  rows = 24,
  env: Record<string, string> = {},
): Promise<TmuxShell> {
  const socket = `lastack-${process.pid}-${servers++}`;
  const clean = { PATH: process.env.PATH ?? "", HOME: "/nonexistent", LANG: "C.UTF-8" };
  const tmux = (...args: string[]) =>
    execFileSync("tmux", ["-u", "-L", socket, "-f", "/dev/null", ...args], {
      env: { ...clean, TERM: "xterm-256color" },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  const set = Object.entries({ PS1: "ready$ ", ...env }).map(([name, value]) => `${name}=${value}`);
  const shell = ["env", ...set, "bash", "--norc", "--noprofile", "-i"];
  tmux("new-session", "-d", "-x", String(cols), "-y", String(rows), ...shell);
  const opened: TmuxShell = {
    run(command) {
      tmux("send-keys", "-l", command);
      tmux("send-keys", "Enter");
    },
    keys: (...names) => void tmux("send-keys", ...names),
    screen: () => tmux("capture-pane", "-p"),
    modes() {
      const format = "#{alternate_on} #{cursor_flag} #{mouse_any_flag}";
      const [alternate, cursor, mouse] = tmux("display-message", "-p", format).trim().split(" ");
      return { alternate: alternate === "1", cursor: cursor === "1", mouse: mouse === "1" };
    },
    until: (pattern) =>
      vi.waitFor(
        () => {
          const screen = opened.screen();
          if (!pattern.test(screen)) throw new Error(`no ${pattern} on the screen:\n${screen}`);
          return screen;
        },
        { timeout: 60_000, interval: 40 },
      ),
    resize: (...sizes) =>
      void tmux(...sizes.flatMap(([x, y]) => ["resize-window", "-x", `${x}`, "-y", `${y}`, ";"])),
    killTerminal: () => void tmux("kill-pane"),
    close: () => {
      try {
        tmux("kill-server");
      } catch {
        // It ended with its last pane.
      }
    },
  };
  await opened.until(/ready\$/);
  return opened;
}
