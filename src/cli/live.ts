/** `lastack` and `lastack live`: the dashboard over this host, or plain lines without a terminal. */

import type { Command } from "commander";
import { OperatorError } from "../session/operator-error.ts";
import type { OutageListener } from "../session/outage.ts";
import type { CommandResult } from "./command-result.ts";
import { plainLines } from "./plain-lines.ts";
import { addScreenOptions, type ScreenOptions, showDashboard, wantsDashboard } from "./screen.ts";
import {
  detailOption,
  durationOption,
  netnsOption,
  portOption,
  thresholdOption,
} from "./shared-options.ts";
import { sleepLong } from "./sleep-long.ts";
import {
  announce,
  complainOfOutage,
  prepareTracing,
  startTracing,
  type TracingOptions,
  untilEnd,
} from "./tracing.ts";

export function addLive(program: Command, result: CommandResult): void {
  const command = program
    .command("live")
    .summary("the live dashboard (root); the same as no command")
    .description("Show this host's TCP teardowns live. Needs root; q ends it, ? shows the keys.")
    .addOption(durationOption)
    .addOption(portOption)
    .addOption(netnsOption)
    .addOption(detailOption)
    .addOption(thresholdOption)
    .option("-q, --quiet", "no remarks on stderr");
  addScreenOptions(command)
    .addHelpText("after", "\nExample:\n  sudo lastack --port 443")
    .action((options: TracingOptions & ScreenOptions) => run(options, result));
}

async function run(options: TracingOptions & ScreenOptions, result: CommandResult): Promise<void> {
  if (wantsDashboard()) {
    const problems: string[] = [];
    let outage = -1;
    const onOutage: OutageListener = (line, state) => {
      if (state === "begun") outage = problems.length;
      problems[outage] = line;
    };
    const session = await prepareTracing({ ...options, onOutage }, (line) => problems.push(line));
    let attachedNs = 0;
    result.exitCode = await showDashboard({
      mode: "live",
      since: () => attachedNs,
      header: session.header,
      trace: session.trace,
      problems,
      isAttached: () => session.isAttached,
      begin: async () => {
        // A refusal ends the session, and `ended` says why: the screen stays until it is left.
        const isRefused = await session.attach().then(
          () => false,
          () => true,
        );
        if (isRefused) return;
        attachedNs = session.now();
        await session.readHost();
      },
      end: () => session.stop().then(() => undefined),
      ended: session.ended.then((error) => error?.message ?? null),
      ...(options.duration === undefined
        ? {}
        : { leave: sleepLong(options.duration, { ref: false }) }),
      options,
    });
    if (!session.isAttached && result.exitCode === 1) result.exitCode = 4;
    return;
  }
  const session = await startTracing({ ...options, onOutage: complainOfOutage });
  const ending = untilEnd(session, options.duration);
  announce(session, options.quiet === true);
  const { trace, header } = session;
  const lines = plainLines(trace, header, (listener) => session.onEvents(listener));
  await Promise.race([session.readHost(), ending]);
  const end = await ending;
  await session.stop();
  lines(true);
  if (end instanceof OperatorError) throw end;
}
