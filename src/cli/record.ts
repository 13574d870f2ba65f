/** `lastack record -o FILE`: traces to a file, without a screen. */

import type { Command } from "commander";
import { recordFindings } from "../session/flight-recorder.ts";
import { freshRedactor } from "../session/fresh-redactor.ts";
import type { LiveSession } from "../session/live-session.ts";
import { OperatorError } from "../session/operator-error.ts";
import { recordParts } from "../session/record-parts.ts";
import { type LiveRecording, recordTo, refuseOutput } from "../session/record-to.ts";
import type { CommandResult } from "./command-result.ts";
import { complain } from "./output.ts";
import {
  KEEPING_OPTIONS,
  type KeepingOptions,
  partsOf,
  refuseContradictions,
} from "./record-options.ts";
import {
  cidrOption,
  detailOption,
  durationOption,
  netnsOption,
  portOption,
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

interface RecordOptions extends TracingOptions, KeepingOptions {
  readonly output: string;
  readonly force?: boolean;
  readonly redact?: boolean;
}

const EPILOGUE = `
With any of --rotate-size, --rotate-every, --keep, --max-files and --max-size
FILE names a series: run.ndjson is run-000001-20261121T050000Z.ndjson and so on,
packed when closed. Each replays alone, for it carries what lived when it began;
a directory of them is read as one recording. The oldest go first.

SIGUSR1 saves now: with --on-finding the last minutes, else the file that is
written is closed and the next one begun.

Examples:
  sudo lastack record -o run.ndjson --duration 60s
  sudo lastack record -o /var/lib/lastack/host.ndjson --keep 24h --max-size 2G
  sudo lastack record -o leak.ndjson --on-finding stuck-close-wait --before 5m`;

export function addRecord(program: Command, _result: CommandResult): void {
  const command = program
    .command("record")
    .summary("trace to a file, no dashboard (root)")
    .description("Trace to a recording until Ctrl-C, SIGTERM or --duration. Needs root.")
    .requiredOption("-o, --output <file>", "recording to write; .gz compresses, - is stdout")
    .option("--force", "replace the file if it exists")
    .addOption(durationOption)
    .addOption(portOption)
    .addOption(cidrOption)
    .addOption(netnsOption)
    .addOption(detailOption)
    .addOption(thresholdOption)
    .addOption(redactOption);
  for (const option of KEEPING_OPTIONS) command.addOption(option);
  command
    .option("-q, --quiet", "only the line that tracing has begun, and errors")
    .addHelpText("after", EPILOGUE)
    .action(run);
}

async function run(options: RecordOptions, command: Command): Promise<void> {
  const isGiven = (name: string) => command.getOptionValueSource(name) === "cli";
  refuseContradictions(options.output, options, isGiven);
  const isOneFile = partsOf(options) === null && options.onFinding === undefined;
  if (isOneFile) refuseOutput(options.output, options.force === true);
  // Without a listener Node would open its debugger at this signal.
  let save: () => Promise<string | null> = async () => null;
  const onSave = (): void => {
    void save().then((path) => complain(path === null ? "nothing is saved" : `saved: ${path}`));
  };
  process.on("SIGUSR1", onSave);
  const session = await startTracing({ ...options, onOutage: complainOfOutage });
  const recording = await begin(session, options).catch(async (error: unknown) => {
    await session.stop();
    throw error;
  });
  save = () => recording.save();
  const ending = Promise.race([untilEnd(session, options.duration), recording.closed]);
  announce(session, options.quiet === true);
  await Promise.race([session.readHost(), ending]);
  const end = await ending;
  const footer = await session.stop();
  const written = await recording.close(footer);
  process.off("SIGUSR1", onSave);
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

function begin(session: LiveSession, options: RecordOptions): Promise<LiveRecording> {
  const { output, force = false, onFinding, before, after, gzip, redact } = options;
  const parts = partsOf(options);
  const writing = { onProblem: complain, ...(redact && { redactor: freshRedactor() }) };
  if (onFinding !== undefined) {
    return recordFindings(session, output, {
      ...parts,
      kinds: onFinding,
      beforeMs: before,
      afterMs: after,
      packs: gzip,
      onSaved: (path) => complain(`saved: ${path}`),
      ...writing,
    });
  }
  if (parts !== null) return recordParts(session, output, { ...parts, ...writing });
  return recordTo(session, output, { force, ...writing });
}
