/** `lastack slice FILE -o OUT`: cuts an incident to a small recording that replays alone. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { freshRedactor } from "../session/fresh-redactor.ts";
import { OperatorError } from "../session/operator-error.ts";
import { nameOf } from "../session/read-trace.ts";
import { indexWhereWorth } from "../session/recording-index.ts";
import { type SliceResult, sliceRecording } from "../session/slice-recording.ts";
import type { CommandResult } from "./command-result.ts";
import { complain } from "./output.ts";
import { Progress } from "./progress.ts";
import { readTimes } from "./recording-window.ts";
import { VERSION } from "./version.ts";

interface CutOptions {
  readonly output: string;
  readonly from?: string;
  readonly to?: string;
  readonly endpoint?: readonly string[];
  readonly finding?: readonly string[];
  readonly redact?: boolean;
  readonly force?: boolean;
  readonly quiet?: boolean;
}

const EPILOGUE = `
Without --endpoint and --finding it holds every endpoint that lived between
--from and --to. Each comes with its peer and its whole story, from its first
event on; of the rest of the time before --from only the host's counters and
sysctls are kept. Times stay as they were. Ids are given anew, by first sight:
what was e17 may be e3. A finding that counts many connections counts those that
are in the slice; --finding takes all that it has counted.
FILE is read twice, so it cannot be stdin.

--redact replaces addresses by made-up ones of the same kind, neighbours staying
neighbours, and hashes the names of processes, paths, command lines, units,
containers, pods and the host. Ports, process ids, times and counts stay. It
cannot be undone, and the same name is another one in the next slice.

Examples:
  lastack slice run.ndjson --from 12:03:00 --to 12:05:00 -o incident.ndjson
  lastack slice run.ndjson --finding f3 --redact -o for-the-vendor.ndjson.gz`;

export function addSlice(program: Command, _result: CommandResult): void {
  program
    .command("slice")
    .summary("an incident cut to a small recording that replays alone")
    .description("Cut a part of a recording into a recording of its own. Needs no root.")
    .argument("<file...>", "recording, also .gz; several, or a directory, are read as one")
    .requiredOption("-o, --output <file>", "recording to write; .gz compresses, - is stdout")
    .option("--force", "replace the file if it exists")
    .option("--from <time>", "where it begins (default: the start)")
    .option("--to <time>", "where it ends (default: the end)")
    .addOption(idOption("--endpoint <id[,id]>", "only these endpoints and their peers", "e"))
    .addOption(idOption("--finding <id[,id]>", "only what these findings speak of", "f"))
    .option("--redact", "replace names and addresses, for good")
    .option("-q, --quiet", "no progress, no remarks")
    .addHelpText("after", EPILOGUE)
    .action(run);
}

function idOption(flags: string, about: string, letter: string): Option {
  return new Option(flags, about).argParser((text) => {
    const ids = text.split(",");
    const wrong = ids.find((id) => !new RegExp(`^${letter}\\d+$`).test(id));
    if (wrong === undefined) return ids;
    throw new InvalidArgumentError(`${JSON.stringify(wrong)} is no id, such as ${letter}1.`);
  });
}

async function run(files: string[], options: CutOptions): Promise<void> {
  const { output, endpoint = [], finding = [], redact = false, force = false, quiet } = options;
  if (files.includes("-")) {
    throw new OperatorError(2, "a slice needs a file: stdin cannot be read twice; save it first");
  }
  const isWhole = options.from === undefined && options.to === undefined;
  if (isWhole && endpoint.length === 0 && finding.length === 0 && !redact) {
    throw new OperatorError(2, "say what to cut: --from, --to, --endpoint or --finding");
  }
  // Made it is by those who look more often than once.
  const index = await indexWhereWorth(files, { version: VERSION, mayMake: false });
  const known = index && { header: index.header, endNs: index.whole.lastNs };
  const times = { from: options.from, to: options.to };
  const { from, to } = await readTimes(files, times, undefined, known);
  const progress = new Progress(`cutting ${nameOf(files)}`, quiet);
  const result = await sliceRecording(files, output, {
    ...(from !== undefined && { fromNs: from }),
    ...(to !== undefined && { toNs: to }),
    index,
    endpoints: endpoint,
    findings: finding,
    force,
    ...(redact && { redactor: freshRedactor() }),
    onEvents: (count) => progress.add(count),
    onProblem: complain,
  }).finally(() => progress.done());
  if (quiet !== true) for (const line of remarks(output, result)) complain(line);
}

function* remarks(output: string, result: SliceResult): Generator<string> {
  const { origin, events, endpoints, renamed } = result;
  const { of } = origin;
  const name = output === "-" ? "the slice" : output;
  const what = `${events} of ${of.events} events, ${endpoints} endpoint${endpoints === 1 ? "" : "s"}`;
  const ids = [...renamed].map(([before, now]) => `${before} is ${now} in it`);
  yield [`${name}: ${what}`, ...ids].join("; ");
  if (!of.closedCleanly) yield "the recording was not closed cleanly; every complete line is used";
}
