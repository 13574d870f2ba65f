/** The filters of a command, as a reader of what it wrote is told of them. */

import type { TraceView } from "../core/trace.ts";
import type { RecordingFrame } from "../export/report.ts";
import type { FilterOptions } from "./shared-options.ts";

/** What a report is narrowed by. */
interface Narrowing extends FilterOptions {
  readonly from?: string;
}

/** What is said of a report or a diff of only some endpoints of a trace; nothing where all pass. */
export function narrowedTo(
  options: Narrowing,
  isRedacted: boolean,
  whole: TraceView,
): Pick<RecordingFrame, "narrowed"> {
  const by = filterWords(options, isRedacted);
  return by === null ? {} : { narrowed: { by, of: whole.summary().endpoints } };
}

/**
 * Say by what endpoints were chosen, `--port 80,443 --from +10s`; null where all are told of.
 *
 * A process name is not repeated, as it may hold anything, nor is a network where names are made
 * up: it was given as it really is.
 */
export function filterWords(
  { port, cidr, pid, comm, netns, state, from }: Narrowing,
  isRedacted: boolean,
): string | null {
  const networks = cidr?.map(({ text }) => text).join();
  const words: Readonly<Record<string, string | undefined>> = {
    "--port": port?.join(),
    "--cidr": isRedacted && networks !== undefined ? "" : networks,
    "--pid": pid?.toString(),
    "--comm": comm === undefined ? undefined : "",
    "--netns": netns === "all" ? undefined : netns?.toString(),
    "--state": state?.join(),
    "--from": from,
  };
  const given = Object.entries(words).filter(([, value]) => value !== undefined);
  return given.length === 0 ? null : given.map((each) => each.join(" ").trim()).join(" ");
}
