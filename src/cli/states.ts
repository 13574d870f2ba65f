/** `lastack states FILE --at TIME`: the socket table of any moment of a recording. */

import type { Command } from "commander";
import { ownerOrListener } from "../core/accept-queue.ts";
import { listsCounted } from "../core/counted-only.ts";
import type { Endpoint, Owner } from "../core/endpoint.ts";
import { safeText } from "../event/safe-text.ts";
import { formatEndpoint } from "../event/tuple.ts";
import { freshRedactor } from "../session/fresh-redactor.ts";
import { nameOf, readTrace } from "../session/read-trace.ts";
import { indexWhereWorth } from "../session/recording-index.ts";
import type { CommandResult } from "./command-result.ts";
import { complain, print, printPieces } from "./output.ts";
import { Progress } from "./progress.ts";
import { INDEX_NOTE, readTimes } from "./recording-window.ts";
import { Redacting } from "./redacting.ts";
import { addFilterOptions, type FilterOptions, matches, redactOption } from "./shared-options.ts";
import { VERSION } from "./version.ts";

interface StatesOptions extends FilterOptions {
  readonly at?: string;
  readonly json?: boolean;
  readonly redact?: boolean;
}

export function addStates(program: Command, _result: CommandResult): void {
  addFilterOptions(
    program
      .command("states")
      .summary("what `ss -tan` would have printed at a moment of a recording")
      .description(
        "Print the sockets of a moment of a recording, with owner, age in the state and how it is known.",
      )
      .argument("<file...>", "recording, also .gz; several, or a directory, are read as one")
      .option("--at <time>", "the moment (default: the end)")
      .option("--json", "an array of objects"),
  )
    .addOption(redactOption)
    .addHelpText(
      "after",
      `${INDEX_NOTE}\nExample:\n  lastack states run.ndjson --at 12:03:07 --state CLOSE_WAIT`,
    )
    .action(run);
}

async function run(files: string[], options: StatesOptions): Promise<void> {
  const file = nameOf(files);
  const progress = new Progress(`reading ${file}`);
  const redacting = options.redact ? new Redacting(freshRedactor(), options) : null;
  const { trace, closedCleanly, now } = await tableAt(files, options, {
    onEvents: (count) => progress.add(count),
    ...(redacting && { redactor: redacting }),
  }).finally(() => progress.done());
  if (!closedCleanly) complain(`${file} was not closed cleanly; every complete line is used`);
  if (listsCounted(trace, now)) {
    complain(
      `${file}: what ended well was only counted then (detail aggregate), and is not listed`,
    );
  }
  const filter = redacting?.filter ?? options;
  const rows = [...trace.endpoints()]
    .filter((endpoint) => endpoint.endedAt === null && matches(filter, endpoint, trace))
    .map((endpoint) => rowOf(endpoint, ownerOrListener(endpoint, trace), now));
  if (options.json) await print(`${JSON.stringify(rows, null, 2)}\n`);
  else await printPieces(table(rows));
}

interface Reading {
  readonly onEvents: (count: number) => void;
  readonly redactor?: Redacting;
}

/** The trace at the moment; by the index, where there is one, as it would be without. */
async function tableAt(
  files: string[],
  { at: text }: StatesOptions,
  { onEvents, redactor }: Reading,
) {
  const trace = { maxEnded: 1000 };
  const index =
    text === undefined ? null : await indexWhereWorth(files, { version: VERSION, onEvents });
  const known = index && { header: index.header, endNs: index.whole.lastNs };
  const { at } = await readTimes(files, { at: text }, undefined, known);
  if (index !== null && at !== undefined) {
    const { closedCleanly } = index.whole;
    return { trace: index.lookAt(at, trace, redactor), closedCleanly, now: at };
  }
  const read = await readTrace(files, {
    trace,
    ...(at === undefined ? {} : { since: at, until: at }),
    ...(redactor && { redactor }),
    onEvents: (events) => onEvents(events.length),
  });
  return { trace: read.trace, closedCleanly: read.closedCleanly, now: at ?? read.endNs };
}

/** One row of `--json`. */
function rowOf(endpoint: Endpoint, owner: Owner | null, now: number) {
  const phase = endpoint.phases.at(-1);
  const { tuple } = endpoint;
  return {
    local: { address: tuple.local, port: tuple.localPort },
    remote: { address: tuple.remote, port: tuple.remotePort },
    netns: tuple.netns,
    state: endpoint.state,
    ageMs: Math.max(0, now - (phase?.from ?? endpoint.bornAt)) / 1e6,
    evidence: phase?.evidence ?? "inferred",
    owner: owner === null ? null : { ...owner },
  };
}

function* table(rows: readonly ReturnType<typeof rowOf>[]): Iterable<string> {
  const local = rows.map((row) => formatEndpoint(row.local.address, row.local.port));
  const remote = rows.map((row) => formatEndpoint(row.remote.address, row.remote.port));
  const localWidth = Math.max(13, ...local.map((text) => text.length));
  const remoteWidth = Math.max(12, ...remote.map((text) => text.length));
  yield `${"State".padEnd(12)}${"Age".padStart(12)}  ${"Local Address".padEnd(localWidth)}  ${"Peer Address".padEnd(remoteWidth)}  Evidence  Owner\n`;
  for (const [i, row] of rows.entries()) {
    const owner = row.owner === null ? "-" : `${safeText(row.owner.comm)} (${row.owner.pid})`;
    yield `${row.state.padEnd(12)}${age(row.ageMs).padStart(12)}  ${(local[i] ?? "").padEnd(localWidth)}  ${(remote[i] ?? "").padEnd(remoteWidth)}  ${row.evidence.padEnd(8)}  ${owner}\n`;
  }
}

function age(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
