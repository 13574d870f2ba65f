/** `lastack record -o FILE`: traces to a file, without a screen. */

import type { Command } from "commander";
import { OperatorError } from "../session/operator-error.ts";
import { recordTo } from "../session/record-to.ts";
import type { CommandResult } from "./command-result.ts";
import { complain } from "./output.ts";
import {
  detailOption,
  durationOption,
  netnsOption,
  portOption,
  thresholdOption,
} from "./shared-options.ts";
import {
  announce,
  complainOfOutage,
  startTracing,
  type TracingOptions,
  untilEnd,
} from "./tracing.ts";

interface RecordOptions extends TracingOptions {
  readonly output: string;
  readonly force?: boolean;
}

export function addRecord(program: Command, _result: CommandResult): void {
  program
    .command("record")
    .summary("trace to a file, no dashboard (root)")
    .description("Trace to a recording until Ctrl-C, SIGTERM or --duration. Needs root.")
    .requiredOption("-o, --output <file>", "recording to write; .gz compresses, - is stdout")
    .option("--force", "replace the file if it exists")
    .addOption(durationOption)
    .addOption(portOption)
    .addOption(netnsOption)
    .addOption(detailOption)
    .addOption(thresholdOption)
    .option("-q, --quiet", "only the line that tracing has begun, and errors")
    .addHelpText("after", "\nExample:\n  sudo lastack record -o run.ndjson --duration 60s")
    .action(run);
}

async function run(options: RecordOptions): Promise<void> {
  const session = await startTracing({ ...options, onOutage: complainOfOutage });
  const recording = await recordTo(session, options.output, {
    force: options.force === true,
    onProblem: complain,
  }).catch(async (error: unknown) => {
    await session.stop();
    throw error;
  });
  const ending = Promise.race([untilEnd(session, options.duration), recording.closed]);
  announce(session, options.quiet === true);
  await Promise.race([session.readHost(), ending]);
  const end = await ending;
  const footer = await session.stop();
  const written = await recording.close(footer);
  const { ledger } = footer;
  if (options.quiet !== true) {
    complain(
      `${options.output}: ${written.written} events, ${ledger.received} of ${ledger.counted} probe records received, ${ledger.lost} lost, ${ledger.skipped} skipped`,
    );
  }
  if (end instanceof OperatorError) throw end;
  if (written.dropped > 0 || !written.isComplete) {
    throw new OperatorError(
      1,
      `${options.output} is not whole: ${written.dropped} events could not be written; free some space, the recording says where they are missing`,
    );
  }
}
