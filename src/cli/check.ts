/** `lastack check [FILE]`: thresholds for cron and monitoring, as a Nagios plug-in answers. */

import type { Command } from "commander";
import { FilteredView } from "../core/filtered-view.ts";
import { type Health, judge } from "../core/health.ts";
import type { HealthRules } from "../core/health-rules.ts";
import { lossesOf } from "../core/losses.ts";
import type { TraceView } from "../core/trace.ts";
import { toIso } from "../event/time.ts";
import { healthLine } from "../export/health-line.ts";
import { OperatorError } from "../session/operator-error.ts";
import { readMoment } from "../session/read-moment.ts";
import { nameOf } from "../session/read-trace.ts";
import { UNKNOWN } from "./check-answer.ts";
import { lookMs, RULE_OPTIONS, type RuleOptions, rulesOf } from "./check-options.ts";
import type { CommandResult } from "./command-result.ts";
import { complain, print } from "./output.ts";
import { Progress } from "./progress.ts";
import { readTimes } from "./recording-window.ts";
import {
  cidrOption,
  commOption,
  detailOption,
  type FilterOptions,
  isFiltered,
  matches,
  netnsOption,
  parseSpan,
  pidOption,
  portOption,
  thresholdOption,
} from "./shared-options.ts";
import { announce, startTracing, type TracingOptions, untilEnd } from "./tracing.ts";

interface CheckOptions
  extends RuleOptions,
    Omit<FilterOptions, "state">,
    Pick<TracingOptions, "detail"> {
  readonly duration?: number;
  readonly at?: string;
  readonly quiet?: boolean;
}

/** A trace to judge, with the moment or time that it shows in words. */
interface Look {
  readonly trace: TraceView;
  readonly doubts: readonly string[];
  readonly when: string;
}

const EXIT_CODES: Readonly<Record<Health["verdict"], number>> = {
  OK: 0,
  WARNING: 1,
  CRITICAL: 2,
  UNKNOWN,
};
/** Endpoints that have ended matter for a minute at most, for the FINs that they re-sent. */
const MAX_ENDED = 50_000;

const NOTES = `
W:C are counts: above W is WARNING, above C CRITICAL. W or :C alone will do, and
0 means any. Without --finding every finding counts by its severity, except
those that limits of your own replace: --close-wait stands for stuck-close-wait,
--fin-retransmits for repeated-fin-retransmit, and so on.

A look at this host lasts 15 s, or as long as --for, --finding and --threshold
need to show anything; so a plain look sees no stuck-fin-wait2, it takes 60 s.

Exit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. What cannot be trusted is
UNKNOWN, whatever was seen: lost events, a recording not closed cleanly or not
readable, no right to trace, wrong usage. The text says what was seen even so;
--despite-loss makes it the answer, but for OK.

Examples:
  sudo lastack check --close-wait 50:200 --for 30s
  lastack check run.ndjson --fin-retransmits 5:50 --time-wait-ports 70%:90%`;

export function addCheck(program: Command, result: CommandResult): void {
  const command = program
    .command("check")
    .summary("thresholds for cron and monitoring (root without a file)")
    .description(
      "Judge this host, or a recording at its end, and print one line as a Nagios plug-in does.",
    )
    .argument(
      "[file...]",
      "recording, also .gz; - for stdin; several, or a directory, are read as one; without one, this host is traced",
    );
  for (const option of RULE_OPTIONS) command.addOption(option);
  command
    .option("--at <time>", "judge the recording at this moment (default: its end)")
    .option("--duration <time>", "how long to look at this host (default: 15s)", parseSpan)
    .addOption(detailOption)
    .addOption(thresholdOption)
    .addOption(portOption)
    .addOption(cidrOption)
    .addOption(pidOption)
    .addOption(commOption)
    .addOption(netnsOption)
    .option("-q, --quiet", "only the line that tracing has begun, and errors")
    .addHelpText("after", NOTES)
    .action((files: string[], options: CheckOptions) => run(files, options, result));
}

async function run(files: string[], options: CheckOptions, result: CommandResult): Promise<void> {
  const rules = rulesOf(options);
  const { trace, doubts, when } =
    files.length === 0 ? await lookAtHost(options, rules) : await readFiles(files, options);
  const view = isFiltered(filterOf(options))
    ? new FilteredView(trace, (endpoint) => matches(filterOf(options), endpoint, trace))
    : trace;
  const health = judge(view, rules, doubts);
  result.exitCode = EXIT_CODES[health.verdict];
  await print(healthLine(health, when));
}

async function readFiles(files: string[], options: CheckOptions): Promise<Look> {
  if (options.duration !== undefined) {
    throw new OperatorError(2, "--duration is for a look at this host; with a file use --at");
  }
  const { at } = await readTimes(files, { at: options.at });
  const progress = new Progress(`reading ${nameOf(files)}`, options.quiet);
  const moment = await readMoment(files, {
    ...(at === undefined ? {} : { at }),
    trace: {
      maxEnded: MAX_ENDED,
      ...(options.threshold !== undefined && { thresholds: options.threshold }),
    },
    onEvents: (events) => progress.add(events.length),
  });
  progress.done();
  const { trace, doubts, header, atNs } = moment;
  return { trace, doubts, when: `at ${toIso(header.startedAt, atNs, 3)}` };
}

async function lookAtHost(options: CheckOptions, rules: HealthRules): Promise<Look> {
  if (options.at !== undefined) {
    throw new OperatorError(2, "--at is for a recording; name its file, or leave --at out");
  }
  const doubts: string[] = [];
  const session = await startTracing(
    { ...filterOf(options), maxEnded: MAX_ENDED },
    (line, isBlind) => {
      // Without owners a filter by process lets through too little.
      if (isBlind || isByProcess(options)) doubts.push(line);
      else if (!options.quiet) complain(line);
    },
  );
  // The first look at a busy host takes seconds; who ends this meanwhile is heard.
  const cut = untilEnd(session, undefined);
  announce(session, true);
  const isCut = await Promise.race([session.readHost().then(() => false), cut.then(() => true)]);
  let end = await (isCut ? cut : untilEnd(session, options.duration ?? lookMs(rules)));
  if (end === "duration" && isByProcess(options)) {
    const { pid: _, comm: __, ...others } = filterOf(options);
    const look = session.lookUpOwners((endpoint) => matches(others, endpoint));
    end = await Promise.race([cut, look.then(() => "duration" as const)]);
  }
  const { ledger, t } = await session.stop();
  if (end === "signal") doubts.push("the look was interrupted");
  if (end instanceof OperatorError) doubts.push(end.message);
  doubts.push(...lossesOf(ledger, session.trace.findings()));
  return { trace: session.trace, doubts, when: `in ${Math.round(t / 1e9)} s` };
}

/** The filters alone: `--state` means limits here. */
function filterOf({ state: _, ...options }: CheckOptions): TracingOptions {
  return options;
}

/** Then an endpoint counts by who holds it now, which only its descriptors tell for certain. */
function isByProcess({ pid, comm }: CheckOptions): boolean {
  return pid !== undefined || comm !== undefined;
}
