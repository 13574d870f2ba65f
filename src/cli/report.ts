/** `lastack report FILE`: the incident timeline of a recording. */

import type { Command } from "commander";
import { Option } from "commander";
import type { Endpoint } from "../core/endpoint.ts";
import { FilteredView } from "../core/filtered-view.ts";
import type { Zone } from "../event/zone.ts";
import { buildReport, FORMATS, formatNamed } from "../export/index.ts";
import { freshRedactor } from "../session/fresh-redactor.ts";
import { OperatorError } from "../session/operator-error.ts";
import { nameOf, readTrace } from "../session/read-trace.ts";
import { saveText } from "../session/save-text.ts";
import type { CommandResult } from "./command-result.ts";
import { narrowedTo } from "./filter-words.ts";
import { complain, printPieces } from "./output.ts";
import { counted, Progress } from "./progress.ts";
import { readTimes } from "./recording-window.ts";
import { Redacting } from "./redacting.ts";
import {
  addFilterOptions,
  type FilterOptions,
  isFiltered,
  matches,
  redactOption,
  type Thresholds,
  thresholdOption,
  tzOption,
} from "./shared-options.ts";

interface ReportOptions extends FilterOptions {
  readonly format: string;
  readonly output?: string;
  readonly force?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly threshold?: Thresholds;
  readonly redact?: boolean;
  readonly tz?: Zone;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const EPILOGUE = `
Formats:
${FORMATS.map(({ name, about }) => `  ${name.padEnd(10)}${about}`).join("\n")}
All open with what the recording may be trusted for. Without --redact, the same
recording makes the same report each time.

Examples:
  lastack report run.ndjson | less
  lastack report run.ndjson --format html -o run.html
  lastack report run.ndjson --format markdown --tz Europe/Berlin --port 443
  lastack report run.ndjson --json | jq '.findings[].summary'`;

export function addReport(program: Command, _result: CommandResult): void {
  addFilterOptions(
    program
      .command("report")
      .summary("the incident timeline of a recording")
      .description("Write the incident timeline of a recording. Needs no root.")
      .argument(
        "<file...>",
        "recording, also .gz; - for stdin; several, or a directory, are read as one",
      )
      .addOption(
        new Option("--format <name>", "what to write, see below")
          .choices(FORMATS.map((each) => each.name))
          .default("text"),
      )
      .option("--json", "the same as --format json")
      .option("-o, --output <file>", "write to a file, which must not exist")
      .option("--force", "replace that file")
      .option("--from <time>", "only endpoints that lived after this moment")
      .option("--to <time>", "only what happened until this moment"),
  )
    .addOption(thresholdOption)
    .addOption(tzOption)
    .addOption(redactOption)
    .option("-q, --quiet", "no progress, no remarks")
    .addHelpText("after", EPILOGUE)
    .action(run);
}

async function run(files: string[], options: ReportOptions): Promise<void> {
  const file = nameOf(files);
  const format = formatNamed(options.json ? "json" : options.format);
  if (format === undefined) throw new OperatorError(2, `no format ${options.format}`);
  const { from = 0, to } = await readTimes(
    files,
    { from: options.from, to: options.to },
    options.tz,
  );
  const redacting = options.redact ? new Redacting(freshRedactor(), options) : null;
  const progress = new Progress(`reading ${file}`, options.quiet);
  const read = await readTrace(files, {
    trace: { maxEnded: 5_000_000, ...thresholdsOf(options) },
    ...(to === undefined ? {} : { until: to }),
    ...(redacting && { redactor: redacting }),
    onEvents: (events) => progress.add(events.length),
  });
  progress.done();
  if (!read.closedCleanly && !options.quiet) {
    complain(`${file} was not closed cleanly; every complete line is used`);
  }
  const filter = redacting?.filter ?? options;
  const view =
    options.from !== undefined || isFiltered(options)
      ? new FilteredView(
          read.trace,
          (endpoint) => isAlive(endpoint, from) && matches(filter, endpoint, read.trace),
        )
      : read.trace;
  const { header, footer, closedCleanly, endNs } = read;
  const narrowed = narrowedTo(options, redacting !== null, read.trace);
  const frame = { header, footer, closedCleanly, endNs, ...narrowed };
  const report = buildReport(view, frame, { ...(options.tz && { zone: options.tz }) });
  const isPrinted = options.output === undefined || options.output === "-";
  // On a terminal the report itself shows how far it is.
  const isSilent = options.quiet === true || (isPrinted && process.stdout.isTTY === true);
  const pieces = counted(
    format.render(report),
    new Progress(`writing ${format.name}`, isSilent, "characters"),
  );
  if (isPrinted) await printPieces(pieces);
  else await saveText(options.output ?? "-", pieces, options.force === true);
}

function thresholdsOf(options: { readonly threshold?: Thresholds }): { thresholds?: Thresholds } {
  return options.threshold === undefined ? {} : { thresholds: options.threshold };
}

function isAlive(endpoint: Endpoint, from: number): boolean {
  return endpoint.endedAt === null || endpoint.endedAt >= from;
}
