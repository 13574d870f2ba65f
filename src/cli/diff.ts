/** `lastack diff A B`: what changed between two recordings. */

import type { Command } from "commander";
import { FilteredView } from "../core/filtered-view.ts";
import type { Redactor } from "../event/redact.ts";
import type { Zone } from "../event/zone.ts";
import { buildDiff } from "../export/diff-report.ts";
import { type DiffSide, diffSide } from "../export/diff-side.ts";
import { diffLines } from "../export/diff-text.ts";
import { jsonText } from "../export/json-text.ts";
import { asLines } from "../export/pieces.ts";
import { freshRedactor } from "../session/fresh-redactor.ts";
import { OperatorError } from "../session/operator-error.ts";
import { readTrace } from "../session/read-trace.ts";
import type { CommandResult } from "./command-result.ts";
import { narrowedTo } from "./filter-words.ts";
import { complain, printPieces } from "./output.ts";
import { Progress } from "./progress.ts";
import { Redacting } from "./redacting.ts";
import {
  cidrOption,
  commOption,
  type FilterOptions,
  isFiltered,
  matches,
  portOption,
  redactOption,
  type Thresholds,
  thresholdOption,
  tzOption,
} from "./shared-options.ts";

interface DiffOptions extends FilterOptions {
  readonly json?: boolean;
  readonly threshold?: Thresholds;
  readonly redact?: boolean;
  readonly tz?: Zone;
  readonly quiet?: boolean;
}

const EPILOGUE = `
Of slices only what happened between their --from and --to is counted, so two
parts of one recording can be compared. Findings are the same where kind and
subject are, whatever the process id is.

Examples:
  lastack diff before.ndjson after.ndjson
  lastack diff before.ndjson after.ndjson --json | jq .findings.came`;

export function addDiff(program: Command, _result: CommandResult): void {
  program
    .command("diff")
    .summary("what changed between two recordings")
    .description("Compare two recordings, before and after a deploy for instance. Needs no root.")
    .argument("<a>", "the earlier recording, also .gz; - for stdin")
    .argument("<b>", "the later one")
    .option("--json", "one JSON object")
    .addOption(portOption)
    .addOption(cidrOption)
    .addOption(commOption)
    .addOption(thresholdOption)
    .addOption(tzOption)
    .addOption(redactOption)
    .option("-q, --quiet", "no progress, no remarks")
    .addHelpText("after", EPILOGUE)
    .action(run);
}

async function run(a: string, b: string, options: DiffOptions): Promise<void> {
  if (a === "-" && b === "-") {
    throw new OperatorError(2, "stdin cannot be read twice; save one of the two recordings first");
  }
  // One key for both: what bears one name before bears one name after.
  const redactor = options.redact ? freshRedactor() : null;
  const [before, after] = [
    ["A", a],
    ["B", b],
  ] as const;
  const report = buildDiff(
    await sideOf(before, options, redactor),
    await sideOf(after, options, redactor),
  );
  await printPieces(options.json ? [`${jsonText(report)}\n`] : asLines(diffLines(report)));
}

/** The trace is let go before the other one is read. */
async function sideOf(
  [letter, file]: readonly [letter: string, file: string],
  options: DiffOptions,
  redactor: Redactor | null,
): Promise<DiffSide> {
  const { threshold, quiet } = options;
  const redacting = redactor === null ? null : new Redacting(redactor, options);
  const progress = new Progress(`reading ${file}`, quiet);
  const { trace, header, footer, closedCleanly, endNs } = await readTrace(file, {
    trace: { maxEnded: 5_000_000, ...(threshold !== undefined && { thresholds: threshold }) },
    ...(redacting && { redactor: redacting }),
    onEvents: (events) => progress.add(events.length),
  }).finally(() => progress.done());
  if (!closedCleanly && quiet !== true) {
    complain(`${file} was not closed cleanly; every complete line is used`);
  }
  const view = isFiltered(options)
    ? new FilteredView(trace, (endpoint) => matches(redacting?.filter ?? options, endpoint, trace))
    : trace;
  const narrowed = narrowedTo(options, redacting !== null, trace);
  return diffSide(
    view,
    { header, footer, closedCleanly, endNs, ...narrowed },
    redacting === null ? file : letter,
    options.tz,
  );
}
