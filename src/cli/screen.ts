/** Whether there is a screen to draw on, and the options of drawing. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { tellerOf } from "../export/teller.ts";
import type { DashboardSource } from "../tui/dashboard-source.ts";
import { terminalProfile } from "../tui/profile.ts";
import { complain } from "./output.ts";

export type { ScreenOptions } from "../tui/dashboard-source.ts";

function parseFps(text: string): number {
  const fps = Number(text);
  if (!(fps >= 0.5 && fps <= 20)) throw new InvalidArgumentError("It must be 0.5 to 20.");
  return fps;
}

export function addScreenOptions(command: Command): Command {
  return command
    .option("--ascii", "no line drawing and no Braille")
    .option("--no-color", "no colours (also by NO_COLOR)")
    .addOption(new Option("--theme <name>", "colours").choices(["dark", "light", "colour-blind"]))
    .addOption(new Option("--fps <n>", "frames a second (default: 4)").argParser(parseFps))
    .option("--mouse", "mouse on from the start (m toggles it; off, text can be selected)")
    .addOption(new Option("--no-mouse", "mouse off, as it is without this").hideHelp());
}

/**
 * Both ends are a terminal, and one that can be drawn on. Who sits at one that cannot is told why
 * there are plain lines.
 */
export function wantsDashboard(): boolean {
  const { stdin, stdout, env } = process;
  const inputIsTty = stdin.isTTY === true;
  const outputIsTty = stdout.isTTY === true;
  const { kind, reason } = terminalProfile({ env, inputIsTty, outputIsTty });
  if (inputIsTty && outputIsTty && reason !== null) complain(`${reason}: plain lines`);
  return kind === "dashboard";
}

/** What of a source is the same for live and replay. */
type Given = Omit<DashboardSource, "teller">;

/** Stray timers and handles may keep the process for this long after the screen has gone. */
const LINGER_MS = 2000;

const loadScreen = () => import("../tui/app.ts");

/** Load the screen while something else is waited for; what goes wrong shows when it is shown. */
export function preloadDashboard(): void {
  loadScreen().catch(() => {});
}

/** Run the dashboard until it is left; returns the exit code. The screen is loaded by no other command. */
export async function showDashboard(source: Given): Promise<number> {
  const { runDashboard } = await loadScreen();
  const { header, cursor } = source;
  const teller = tellerOf(header.startedAt, cursor);
  const code = await runDashboard({ ...source, teller });
  setTimeout(() => process.exit(code), LINGER_MS).unref();
  return code;
}
