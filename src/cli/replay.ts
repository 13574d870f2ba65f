/** `lastack replay FILE`: the dashboard over a recording. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { Playback } from "../session/playback.ts";
import { nameOf } from "../session/read-trace.ts";
import { indexWhereWorth } from "../session/recording-index.ts";
import { ScreenExports } from "../session/screen-exports.ts";
import type { CommandResult } from "./command-result.ts";
import { addHistoryOptions, type HistoryOptions } from "./history-options.ts";
import { complain } from "./output.ts";
import { plainLines } from "./plain-lines.ts";
import { Progress } from "./progress.ts";
import { INDEX_NOTE, readTimes } from "./recording-window.ts";
import { addScreenOptions, type ScreenOptions, showDashboard, wantsDashboard } from "./screen.ts";
import { addFilterOptions, matches } from "./shared-options.ts";
import { type StartFilter, startFilter } from "./start-filter.ts";
import { VERSION } from "./version.ts";

interface ReplayOptions extends ScreenOptions, HistoryOptions, StartFilter {
  readonly speed: number;
  readonly from?: string;
  readonly demo?: boolean;
}

export function addReplay(program: Command, result: CommandResult): void {
  const command = addFilterOptions(
    program
      .command("replay")
      .summary("the same dashboard over a recording")
      .description("Show a recording in the dashboard. Needs no root.")
      .argument("<file...>", "recording, also .gz; several, or a directory, are read as one")
      .addOption(
        new Option("--speed <n|max>", "times real time").argParser(parseSpeed).default(1, "1"),
      )
      .option("--from <time>", "where to begin to play; time goes back from there, too"),
  ).addOption(new Option("--demo", "say on the screen that this is a demonstration").hideHelp());
  addHistoryOptions(command, { usual: "1G", mayBeOnDisk: false });
  addScreenOptions(command)
    .addHelpText(
      "after",
      `${INDEX_NOTE}\nExamples:\n  lastack replay run.ndjson --speed 10\n  lastack replay run.ndjson --from 12:03:00`,
    )
    .action((file: string[], options: ReplayOptions) => run(file, options, result));
}

function parseSpeed(text: string): number {
  if (text === "max") return Number.POSITIVE_INFINITY;
  const speed = Number(text);
  if (!(speed > 0) || !Number.isFinite(speed)) {
    throw new InvalidArgumentError("It must be a number above 0, or max.");
  }
  return speed;
}

/** Where to begin. Without a wish no index is made, but one that is there opens every moment. */
async function placeOf(file: string[], { from }: ReplayOptions) {
  const progress = new Progress(`indexing ${nameOf(file)}`);
  const index = await indexWhereWorth(file, {
    version: VERSION,
    onEvents: (count) => progress.add(count),
    mayMake: from !== undefined,
  }).finally(() => progress.done());
  const known = index && { header: index.header, endNs: index.whole.lastNs };
  const { from: fromNs = 0 } = await readTimes(file, { from }, undefined, known);
  return { index, fromNs };
}

async function run(file: string[], options: ReplayOptions, result: CommandResult): Promise<void> {
  const { speed, history } = options;
  const { index, fromNs } = await placeOf(file, options);
  const playback = await Playback.start(file, {
    speed,
    fromNs,
    index,
    ...(history !== undefined && { maxBytes: history }),
  });
  if (wantsDashboard()) {
    const exports = new ScreenExports(playback, options.exportDir ?? ".");
    result.exitCode = await showDashboard({
      mode: options.demo ? "demo" : "replay",
      header: playback.header,
      cursor: playback.cursor,
      problems: [],
      maskAddress: exports.maskAddress,
      exportRange: exports.exportRange,
      exportText: exports.exportText,
      since: () => playback.firstNs,
      speed,
      begin: async () => {},
      end: async () => playback.stop(),
      ended: playback.ended.then(() => null),
      filter: startFilter(options),
      options,
    });
    return;
  }
  const lines = plainLines({
    trace: playback.cursor.trace,
    header: playback.header,
    passes: (endpoint) => matches(options, endpoint, playback.cursor.trace),
    sinceNs: fromNs,
  });
  const timer = setInterval(() => lines(), 200);
  await playback.ended;
  clearInterval(timer);
  lines(true);
  if (!playback.end().closedCleanly) {
    complain(`${nameOf(file)} was not closed cleanly; every complete line was used`);
  }
}
