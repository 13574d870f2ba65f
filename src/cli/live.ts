/** `lastack` and `lastack live`: the dashboard over this host, or plain lines without a terminal. */

import type { Command } from "commander";
import { CostMeter } from "../session/cost-meter.ts";
import { LiveHistory, shelfIn } from "../session/live-history.ts";
import { OperatorError } from "../session/operator-error.ts";
import type { OutageListener } from "../session/outage.ts";
import { ScreenExports } from "../session/screen-exports.ts";
import type { CommandResult } from "./command-result.ts";
import { addHistoryOptions, type HistoryOptions } from "./history-options.ts";
import {
  addLiveRecordingOptions,
  type LiveRecordingOptions,
  recordLive,
} from "./live-recording.ts";
import { complain } from "./output.ts";
import { plainLines } from "./plain-lines.ts";
import {
  addScreenOptions,
  preloadDashboard,
  type ScreenOptions,
  showDashboard,
  wantsDashboard,
} from "./screen.ts";
import {
  addFilterOptions,
  detailOption,
  durationOption,
  matches,
  thresholdOption,
} from "./shared-options.ts";
import { sleepLong } from "./sleep-long.ts";
import { slowStep } from "./slow-step.ts";
import { type StartFilter, startFilter } from "./start-filter.ts";
import {
  announce,
  complainOfOutage,
  prepareTracing,
  startTracing,
  type TracingOptions,
  untilEnd,
} from "./tracing.ts";

interface LiveCommandOptions
  extends TracingOptions,
    ScreenOptions,
    HistoryOptions,
    LiveRecordingOptions {}

export function addLive(program: Command, result: CommandResult): void {
  const command = addFilterOptions(
    program
      .command("live")
      .summary("the live dashboard (root); the same as no command")
      .description("Show this host's TCP teardowns live. Needs root; q ends it, ? shows the keys.")
      .addOption(durationOption),
  )
    .addOption(detailOption)
    .addOption(thresholdOption)
    .option("-q, --quiet", "no remarks on stderr");
  addHistoryOptions(command, { usual: "64M in memory", mayBeOnDisk: true });
  addLiveRecordingOptions(command);
  addScreenOptions(command)
    .addHelpText("after", "\nExample:\n  sudo lastack --port 443")
    .action((options: LiveCommandOptions) => run(options, result));
}

async function run(options: LiveCommandOptions, result: CommandResult): Promise<void> {
  if (wantsDashboard()) {
    const problems: string[] = [];
    let outage = -1;
    const onOutage: OutageListener = (line, state) => {
      if (state === "begun") outage = problems.length;
      problems[outage] = line;
    };
    const onProblem = (line: string): void => void problems.push(line);
    const { history: maxBytes, historyDir } = options;
    const shelf = historyDir === undefined ? null : shelfIn(historyDir, onProblem);
    preloadDashboard();
    const session = await slowStep("finding out what this host can trace", () =>
      prepareTracing({ ...options, onOutage }, onProblem),
    );
    const history = new LiveHistory(session, {
      ...(maxBytes !== undefined && { maxBytes }),
      ...(shelf !== null && { shelf }),
    });
    const recording = await recordLive(session, options, onProblem);
    const { store, cursor, forgotten } = history;
    const { header, newTrace } = session;
    const exports = new ScreenExports(
      { store, header, newTrace, forgotten },
      options.exportDir ?? ".",
    );
    const meter = new CostMeter();
    let attachedNs: number | null = null;
    let starting: string | null = "attaching the probes";
    result.exitCode = await showDashboard({
      mode: "live",
      since: () => attachedNs,
      header,
      cursor,
      problems,
      starting: () => starting,
      cost: () => meter.cost(session.probePid),
      maskAddress: exports.maskAddress,
      exportRange: exports.exportRange,
      exportText: exports.exportText,
      begin: async () => {
        // A refusal ends the session, and `ended` says why: the screen stays until it is left.
        const isRefused = await session.attach().then(
          () => false,
          () => true,
        );
        starting = isRefused ? null : "reading the socket table";
        if (isRefused) return;
        attachedNs = session.now();
        await session.readHost();
        starting = null;
      },
      end: async () => {
        history.stop();
        await recording.close(await session.stop());
      },
      ended: session.ended.then((error) => error?.message ?? null),
      ...(options.duration === undefined
        ? {}
        : { leave: sleepLong(options.duration, { ref: false }) }),
      filter: startFilter(ofTheScreen(options)),
      options,
    });
    if (!session.isAttached && result.exitCode === 1) result.exitCode = 4;
    return;
  }
  const session = await startTracing({ ...options, onOutage: complainOfOutage });
  const recording = await recordLive(session, options, complain);
  const ending = untilEnd(session, options.duration);
  announce(session, options.quiet === true);
  const { trace, header } = session;
  const lines = plainLines({
    trace,
    header,
    passes: (endpoint) => matches(options, endpoint, trace),
    subscribe: (listener) => session.onEvents(listener),
  });
  await Promise.race([session.readHost(), ending]);
  const end = await ending;
  await recording.close(await session.stop());
  lines(true);
  if (end instanceof OperatorError) throw end;
}

/** The probes look at --port and --netns already; the rest is the screen's. */
function ofTheScreen({ port, netns, ...rest }: LiveCommandOptions): StartFilter {
  return rest;
}
