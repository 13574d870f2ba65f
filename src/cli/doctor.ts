/** `lastack doctor`: what this host can trace and why not, each with the next step. */

import type { Command } from "commander";
import { canTrace, examineHost, renderDoctor } from "../session/examine-host.ts";
import type { CommandResult } from "./command-result.ts";
import { print } from "./output.ts";

export function addDoctor(program: Command, result: CommandResult): void {
  program
    .command("doctor")
    .summary("what this host can trace and why not")
    .description("Say what this host can trace and what stays unseen, each with the next step.")
    .option("--json", "an array of checks")
    .addHelpText(
      "after",
      "\nExit code 4 when nothing can be traced.\n\nExample:\n  sudo lastack doctor",
    )
    .action(async (options: { readonly json?: boolean }) => {
      const checks = await examineHost();
      await print(options.json ? `${JSON.stringify(checks, null, 2)}\n` : renderDoctor(checks));
      if (!canTrace(checks)) result.exitCode = 4;
    });
}
