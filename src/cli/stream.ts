/** `lastack stream`: NDJSON on stdout, a line for each finished teardown and each finding. */

import type { Command } from "commander";
import { freshRedactor } from "../session/fresh-redactor.ts";
import { OperatorError } from "../session/operator-error.ts";
import { redactedView } from "../session/redacted-view.ts";
import { streamLines } from "../session/stream-lines.ts";
import type { CommandResult } from "./command-result.ts";
import { Redacting } from "./redacting.ts";
import {
  addFilterOptions,
  detailOption,
  durationOption,
  matches,
  redactOption,
  thresholdOption,
} from "./shared-options.ts";
import {
  announce,
  complainOfOutage,
  startTracing,
  type TracingOptions,
  untilEnd,
} from "./tracing.ts";

interface StreamOptions extends TracingOptions {
  readonly redact?: boolean;
}

export function addStream(program: Command, _result: CommandResult): void {
  addFilterOptions(
    program
      .command("stream")
      .summary("NDJSON on stdout: each finished teardown and each finding (root)")
      .description(
        "Trace live and print one JSON line for each finished teardown and each finding. Needs root.",
      )
      .addOption(durationOption),
  )
    .addOption(detailOption)
    .addOption(thresholdOption)
    .addOption(redactOption)
    .option("-q, --quiet", "only the line that tracing has begun, and errors")
    .addHelpText(
      "after",
      "\n--detail aggregate is refused: it only counts most teardowns, and each is to\nhave its line.\n\nExample:\n  sudo lastack stream | jq 'select(.verdict == \"timed-out\")'",
    )
    .action(run);
}

async function run(options: StreamOptions): Promise<void> {
  if (options.detail === "aggregate") throw new OperatorError(2, COUNTED);
  const session = await startTracing({ ...options, tellsEach: true, onOutage: complainOfOutage });
  const { redact, threshold: thresholds } = options;
  const redacting = redact ? new Redacting(freshRedactor(), options) : null;
  const view = redacting && redactedView(session, redacting, { ...(thresholds && { thresholds }) });
  const finish = streamLines(view ?? session, {
    write: (text) => process.stdout.write(text),
    passes: (endpoint) => matches(redacting?.filter ?? options, endpoint, (view ?? session).trace),
  });
  const ending = untilEnd(session, options.duration);
  announce(session, options.quiet === true);
  await Promise.race([session.readHost(), ending]);
  const end = await ending;
  await session.stop();
  finish();
  if (end instanceof OperatorError) throw end;
}

const COUNTED =
  "stream prints a line for each teardown, and --detail aggregate only counts most: use --detail summary";
