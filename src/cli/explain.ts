/** `lastack explain [TOPIC]`: what a state, a wave, a finding or a sysctl means. */

import type { Command } from "commander";
import { explainIndex, explainText, findTopic, suggestTopics } from "../explain/index.ts";
import { ownSysctls } from "../session/host-tools.ts";
import { OperatorError } from "../session/operator-error.ts";
import type { CommandResult } from "./command-result.ts";
import { print } from "./output.ts";

export function addExplain(program: Command, _result: CommandResult): void {
  program
    .command("explain")
    .summary("what a state, a wave, a finding or a sysctl means")
    .description("Explain a topic in plain words, with this host's values.")
    .argument("[topic]", "a state, wave, verdict, finding, sysctl …; without one, all are listed")
    .addHelpText("after", "\nExample:\n  lastack explain FIN_WAIT2")
    .action(run);
}

async function run(name: string | undefined): Promise<void> {
  const width = Math.min(process.stdout.columns ?? 80, 100);
  if (name === undefined) {
    await print(`${explainIndex(width).join("\n")}\n`);
    return;
  }
  const topic = findTopic(name);
  if (topic === undefined) {
    const near = suggestTopics(name).join(", ");
    throw new OperatorError(
      2,
      `nothing is known of ${JSON.stringify(name)}; ${near === "" ? "`lastack explain` lists all topics" : `did you mean ${near}?`}`,
    );
  }
  const { values } = await ownSysctls();
  await print(`${explainText(topic, values, width).join("\n")}\n`);
}
